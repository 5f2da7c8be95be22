import type { Design } from '@/mail/designs';
import classes from '@/mail/thumb.module.css';

/** Lines and blocks as they stand in a design, drawn small. `h` a head, `t` words, `b` a button, `2`, `3` columns. */
const SHAPES: Record<Design | 'html' | 'fragment', string> = {
  newsletter: 'h2t b',
  promotion: 'hhb3',
  welcome: 'httt b',
  receipt: 'htt2b',
  reminder: 'thtb',
  letter: 'tttt',
  html: 'tt',
  fragment: 't',
};

export function DesignThumb({ design }: { design: keyof typeof SHAPES }) {
  return (
    <div className={classes.thumb} data-design={design} aria-hidden>
      {[...SHAPES[design]].map((shape, index) => (
        <Shape key={index} shape={shape} />
      ))}
    </div>
  );
}

function Shape({ shape }: { shape: string }) {
  const columns = Number(shape);
  if (columns > 0) {
    return (
      <div className={classes.columns}>
        {Array.from({ length: columns }, (_, index) => (
          <i key={index} />
        ))}
      </div>
    );
  }
  return <i data-shape={shape} />;
}
