/** What the tour of the demo shows, step by step. Pure. */
import type { WordKey } from '@/i18n';

/** The campaign of the sample shop. */
export const DEMO_CAMPAIGN = 'spring_winback';

export interface TourStep {
  id: 'list' | 'canvas' | 'count' | 'ledger' | 'edit' | 'new';
  title: WordKey;
  text: WordKey;
  to: string;
  search: Record<string, string>;
  /** What is pointed at, as a selector. */
  target: string;
}

/** The steps, over the newest run where there is one. */
export function tourSteps(run: string | undefined): TourStep[] {
  const campaign = `/campaigns/${DEMO_CAMPAIGN}`;
  const steps: (TourStep | undefined)[] = [
    step('list', '/campaigns', `a[href^="${campaign}"]`),
    step('canvas', campaign, '.react-flow__node'),
    step('count', campaign, '.react-flow__edgelabel-renderer button'),
    run === undefined ? undefined : step('ledger', `/runs/${run}`, 'main table'),
    step('edit', campaign, '[role="toolbar"]', { edit: 'yes' }),
    step('new', '/campaigns', '[data-tour="new"]'),
  ];
  return steps.filter((each) => each !== undefined);
}

function step(
  id: TourStep['id'],
  to: string,
  target: string,
  search: Record<string, string> = {},
): TourStep {
  return { id, title: `tour.${id}`, text: `tour.${id}.text`, to, target, search };
}
