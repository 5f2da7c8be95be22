import { Button, CloseButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useRuns } from '@/api/runs';
import { DEMO_CAMPAIGN, tourSteps } from '@/features/tour/steps';
import { t } from '@/i18n';
import classes from '@/features/tour/tour.module.css';

/** How often what is pointed at is looked for: pages come in, and canvases move. */
const LOOK_MS = 250;

/** A walk over the demo, in a corner of the page; what it speaks of is framed. */
export function Tour({ onEnd }: { onEnd: () => void }) {
  const run = useRuns(DEMO_CAMPAIGN).data?.[0]?.run;
  const steps = tourSteps(run);
  const [at, setAt] = useState(0);
  const step = steps[Math.min(at, steps.length - 1)];
  const navigate = useNavigate();
  const heading = useRef<HTMLHeadingElement>(null);
  const { to, search } = step ?? {};
  const where = JSON.stringify([to, search]);
  useEffect(() => {
    const [path, query] = JSON.parse(where) as [string | undefined, Record<string, string>];
    if (path !== undefined) void navigate({ href: href(path, query) });
    heading.current?.focus({ preventScroll: true });
  }, [where, navigate]);
  if (step === undefined) return null;
  const last = at >= steps.length - 1;
  return (
    <>
      <Frame target={step.target} />
      <aside className={classes.card} aria-label={t('tour.label')}>
        <div className={classes.head}>
          <span className={classes.count}>
            {t('tour.step', { n: at + 1, total: steps.length })}
          </span>
          <CloseButton size="sm" aria-label={t('tour.end')} onClick={onEnd} />
        </div>
        <h2 ref={heading} tabIndex={-1}>
          {t(step.title)}
        </h2>
        <p>{t(step.text)}</p>
        <div className={classes.buttons}>
          <Button size="xs" variant="default" disabled={at === 0} onClick={() => setAt(at - 1)}>
            {t('tour.back')}
          </Button>
          <Button size="xs" onClick={() => (last ? onEnd() : setAt(at + 1))}>
            {last ? t('tour.done') : t('tour.next')}
          </Button>
        </div>
      </aside>
    </>
  );
}

function href(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A frame around the first thing on the page that a selector finds. */
function Frame({ target }: { target: string }) {
  const [box, setBox] = useState<{ left: number; top: number; width: number; height: number }>();
  useEffect(() => {
    const look = () => {
      const found = document.querySelector(target)?.getBoundingClientRect();
      setBox((former) => {
        if (found === undefined || found.width === 0) return undefined;
        const { left, top, width, height } = found;
        const same = former?.left === left && former.top === top && former.width === width;
        return same && former.height === height ? former : { left, top, width, height };
      });
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [target]);
  if (box === undefined) return null;
  return <div className={classes.frame} style={box} aria-hidden />;
}
