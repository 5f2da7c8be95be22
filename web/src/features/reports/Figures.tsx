import { useCallback } from 'react';
import type { Figure, Report } from '@/api/reports';
import { Behind } from '@/features/reports/Behind';
import { figureName } from '@/features/reports/names';
import { Chart, type Palette } from '@/ui/Chart';
import { formatCount, formatShare } from '@/ui/format';
import { Stat } from '@/ui/Stat';
import { toneStyle, type Tone } from '@/ui/tone';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const ENDS: [Figure, Tone][] = [
  ['sent', 'good'],
  ['excluded', 'neutral'],
  ['failed', 'bad'],
  ['in_doubt', 'warn'],
  ['pending', 'info'],
];

/** Where each targeted line ended, and what came back. */
export function Figures({ report }: { report: Report }) {
  const { figures, people, subject } = report;
  const came: [string, Figure, number | undefined][] = [
    [t('figure.opened'), 'opened', figures.opens],
    [t('figure.not_opened'), 'not_opened', undefined],
    [t('figure.clicked'), 'clicked', figures.clicks],
    [t('figure.opened_and_clicked'), 'opened_and_clicked', undefined],
    [t('figure.unsubscribed'), 'unsubscribed', undefined],
    [t('figure.bounced'), 'bounced', undefined],
    [t('figure.complained'), 'complained', undefined],
  ];
  return (
    <>
      <section className={`${ui.card} ${classes.figures}`} aria-label={t('report.figures')}>
        <div className={classes.stats}>
          <Stat
            label={t('figure.targeted')}
            value={<Behind subject={subject} figure="targeted" count={figures.targeted} />}
            note={t('report.people', { n: people.targeted ?? 0 })}
          />
          {ENDS.map(([figure, tone]) => (
            <Stat
              key={figure}
              label={
                <>
                  <span className={classes.key} style={toneStyle(tone)} aria-hidden />
                  {figureName(figure)}
                </>
              }
              value={<Behind subject={subject} figure={figure} count={figures[figure]} />}
              note={formatShare(figures[figure], figures.targeted)}
            />
          ))}
        </div>
        <div className={classes.strip} aria-hidden>
          {ENDS.map(([figure, tone]) => (
            <span
              key={figure}
              style={{
                ...toneStyle(tone),
                width: `${(figures[figure] / Math.max(1, figures.targeted)) * 100}%`,
              }}
            />
          ))}
        </div>
        <div className={classes.stats}>
          {came.map(([label, figure, all]) => (
            <Stat
              key={figure}
              label={label}
              value={<Behind subject={subject} figure={figure} count={figures[figure]} />}
              note={all === undefined ? undefined : t('report.inAll', { n: all })}
            />
          ))}
        </div>
      </section>
      <Funnel report={report} />
    </>
  );
}

const FUNNEL: Figure[] = ['targeted', 'sent', 'opened', 'clicked'];

function Funnel({ report }: { report: Report }) {
  const { figures, subject } = report;
  const steps = [
    { name: figureName('targeted'), figure: 'targeted', count: figures.targeted },
    { name: t('figure.eligible'), figure: undefined, count: figures.targeted - figures.excluded },
    ...FUNNEL.slice(1).map((figure) => ({
      name: figureName(figure),
      figure,
      count: figures[figure],
    })),
  ];
  const key = steps.map(({ count }) => count).join(' ');
  const option = useCallback(
    (palette: Palette) => funnelOption(palette, steps),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the counts say whether the steps changed
    [key],
  );
  return (
    <section
      className={`${ui.card} ${classes.block} ${classes.funnel}`}
      aria-label={t('report.funnel')}
    >
      <h2 className={classes.blockTitle}>{t('report.funnel')}</h2>
      <div className={classes.beside}>
        <Chart label={t('report.funnel')} height={210} option={option} />
        <table className={classes.plain} aria-label={t('report.funnel')}>
          <thead>
            <tr>
              <th scope="col">{t('report.step')}</th>
              <th scope="col">{t('word.messages')}</th>
              <th scope="col">{t('report.ofBefore')}</th>
              <th scope="col">{t('report.ofTargeted')}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map(({ name, figure, count }, index) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {figure === undefined ? (
                    formatCount(count)
                  ) : (
                    <Behind subject={subject} figure={figure} count={count} />
                  )}
                </td>
                <td>{index === 0 ? '' : formatShare(count, steps[index - 1]?.count ?? 0)}</td>
                <td>{formatShare(count, figures.targeted)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function funnelOption(palette: Palette, steps: { name: string; count: number }[]) {
  return {
    grid: { left: 4, right: 60, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: steps.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: palette.ink },
    },
    series: [
      {
        type: 'bar',
        data: steps.map(({ count }) => count),
        barCategoryGap: '28%',
        itemStyle: { color: palette.tones.accent, borderRadius: 4 },
        label: {
          show: true,
          position: 'right',
          color: palette.ink,
          formatter: ({ value }: { value: number }) => formatCount(value),
        },
      },
    ],
  };
}
