import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ContentProblem } from '@/api/contents';
import { t, tMaybe } from '@/i18n';
import { formatBytes, sentence } from '@/ui/format';
import classes from '@/mail/mail.module.css';

/** Gmail shows no more. */
const CLIPPED_BYTES = 102 * 1024;

interface Props {
  problems: ContentProblem[];
  bytes: number;
  /** Goes to the place of a problem in the code. */
  onGo: (problem: ContentProblem) => void;
}

/** Everything wrong or doubtful with the message, and where. */
export function ChecksPanel({ problems, bytes, onGo }: Props) {
  const share = Math.min(1, bytes / CLIPPED_BYTES);
  return (
    <div className={classes.checks}>
      <div>
        <div className={classes.sizeLine}>
          <span>{t('checks.size')}</span>
          <span>
            {formatBytes(bytes)} / {formatBytes(CLIPPED_BYTES)}
          </span>
        </div>
        <div
          className={classes.meter}
          role="meter"
          aria-label={t('checks.size')}
          aria-valuemin={0}
          aria-valuemax={CLIPPED_BYTES}
          aria-valuenow={Math.min(bytes, CLIPPED_BYTES)}
        >
          <span style={{ width: `${share * 100}%` }} data-full={bytes > CLIPPED_BYTES} />
        </div>
      </div>
      {problems.length === 0 && (
        <p className={classes.fine}>
          <IconCircleCheck size={17} aria-hidden /> {t('checks.fine')}
        </p>
      )}
      <ul className={classes.problems}>
        {problems.map((problem, index) => {
          const { severity, message, hint, pointer, within } = problem;
          const isError = severity === 'error';
          const Mark = isError ? IconCircleX : IconAlertTriangle;
          const part = (pointer ?? '').split('/')[1] ?? '';
          const place = within === undefined ? '' : ` ${t('checks.line', { n: within.line })}`;
          return (
            <li key={index}>
              <UnstyledButton className={classes.problem} onClick={() => onGo(problem)}>
                <Mark
                  size={16}
                  className={isError ? classes.bad : classes.warn}
                  role="img"
                  aria-label={t(isError ? 'checks.error' : 'checks.warning')}
                />
                <span>
                  {sentence(message)}
                  {hint && <span className={classes.sample}>{sentence(hint)}</span>}
                  <span className={classes.place}>{(tMaybe('email', part) ?? part) + place}</span>
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
