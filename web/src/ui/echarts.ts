/** The parts of ECharts that the app draws with; loaded when a chart is first shown. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use as include, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

include([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** Draws a chart into an element, and answers how to take it away. */
export function draw(
  element: HTMLElement,
  option: EChartsCoreOption,
  onPick?: (name: string) => void,
): () => void {
  const chart = init(element, undefined, { renderer: 'svg' });
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  chart.setOption({ animation: !still, animationDuration: 300, ...option });
  if (onPick !== undefined) chart.on('click', ({ name }) => onPick(name));
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(element);
  return () => {
    watch.disconnect();
    chart.dispose();
  };
}
