import { useComputedColorScheme } from '@mantine/core';
import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef } from 'react';
import classes from '@/ui/chart.module.css';

export interface Palette {
  ink: string;
  muted: string;
  line: string;
  card: string;
  tones: Record<
    'accent' | 'info' | 'good' | 'warn' | 'bad' | 'neutral' | 'data' | 'channel',
    string
  >;
}

interface Props {
  /** What it shows; the same numbers stand in a table beside it. */
  label: string;
  height?: number;
  option: (palette: Palette) => EChartsCoreOption;
  /** What a click on a bar or a point is about. */
  onPick?: (name: string) => void;
}

/** A chart, drawn when the library is there; the same figures stand in a table for those who cannot see it. */
export function Chart({ label, height = 260, option, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    let gone = false;
    let leave = () => {};
    const element = place.current;
    if (element === null) return;
    void import('@/ui/echarts').then(({ draw }) => {
      if (!gone) leave = draw(element, option(paletteOf(element)), onPick);
    });
    return () => {
      gone = true;
      leave();
    };
  }, [option, onPick, scheme]);
  return (
    <div ref={place} className={classes.chart} style={{ height }} role="img" aria-label={label} />
  );
}

function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--t-${name}`).trim();
  return {
    ink: of('ink'),
    muted: of('muted'),
    line: of('line'),
    card: of('card'),
    tones: {
      accent: of('accent'),
      info: of('info'),
      good: of('good'),
      warn: of('warn'),
      bad: of('bad'),
      neutral: of('neutral'),
      data: of('data'),
      channel: of('channel'),
    },
  };
}
