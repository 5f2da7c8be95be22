/** What comes before an activity on the canvas. Pure. */
import type { CampaignDocument } from '@/api/types';
import { portLabel } from '@/canvas/ports';
import { activityLabel } from '@/canvas/edit/words';

export interface Before {
  /** `ACTIVITY` or `ACTIVITY.PORT`. */
  value: string;
  label: string;
}

/** The populations on the transitions that lead to an activity, near ones first. */
export function populationsBefore({ canvas }: CampaignDocument, id: string): Before[] {
  const labels = new Map(canvas.activities.map((each) => [each.id, activityLabel(each)]));
  const transitions = canvas.transitions ?? [];
  const found = new Map<string, string>();
  const seen = new Set([id]);
  const ways = [id];
  for (let at = ways.shift(); at !== undefined; at = ways.shift()) {
    for (const { from, to } of transitions) {
      if (to !== at) continue;
      const [activity = '', port] = from.split('.');
      const source = canvas.activities.find(({ id: each }) => each === activity);
      const label = labels.get(activity) ?? activity;
      found.set(from, port === undefined ? label : `${label}, ${portLabel(source, port)}`);
      if (!seen.has(activity)) {
        seen.add(activity);
        ways.push(activity);
      }
    }
  }
  return [...found].map(([value, label]) => ({ value, label }));
}
