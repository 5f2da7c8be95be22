import { useState } from 'react';
import type { DrySample } from '@/api/types';
import { Dialog } from '@/ui/Dialog';
import { HtmlFrame } from '@/ui/HtmlFrame';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

interface Props {
  samples: DrySample[];
  labelOf: (activity: string) => string;
}

/** Messages as the first people would get them, side by side; each opens at its size. */
export function Samples({ samples, labelOf }: Props) {
  const [open, setOpen] = useState<DrySample>();
  if (samples.length === 0) return null;
  return (
    <>
      <h4 className={classes.stripTitle}>{t('launch.samples')}</h4>
      <ul className={classes.strip} aria-label={t('launch.samples')}>
        {samples.map((sample) => (
          <li key={`${sample.activity} ${sample.key}`} className={classes.sample}>
            <button
              type="button"
              aria-label={t('launch.sample', {
                activity: labelOf(sample.activity),
                address: sample.address,
                subject: sample.subject,
              })}
              onClick={() => setOpen(sample)}
            >
              {sample.subject}
            </button>
            <span>{sample.address}</span>
            <div className={classes.thumb} inert>
              <Body sample={sample} />
            </div>
            <span>{labelOf(sample.activity)}</span>
          </li>
        ))}
      </ul>
      {open !== undefined && (
        <Dialog onClose={() => setOpen(undefined)} title={open.subject} size={720}>
          <div className={classes.sampleWhole}>
            <Body sample={open} />
          </div>
        </Dialog>
      )}
    </>
  );
}

function Body({ sample }: { sample: DrySample }) {
  if (sample.html === '') return <pre className={classes.plain}>{sample.text}</pre>;
  return <HtmlFrame html={sample.html} title={sample.subject} />;
}
