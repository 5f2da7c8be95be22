/** Two versions of a campaign on one canvas, with what was added, changed and removed. Pure. */
import type { Difference } from '@/api/library';
import type { CampaignDocument } from '@/api/types';
import { edgeId, parsePort } from '@/canvas/graph';

export type Mark = Difference['change'];
export interface Merged {
  document: CampaignDocument;
  /** By the ids of activities. */
  activities: Map<string, Mark>;
  /** By the ids of edges. */
  transitions: Map<string, Mark>;
}

export function mergeVersions(
  before: CampaignDocument,
  after: CampaignDocument,
  differences: Difference[],
): Merged {
  const activities = new Map<string, Mark>();
  const transitions = new Map<string, Mark>();
  for (const { what, change, name } of differences) {
    if (what === 'activity') activities.set(name, change);
    if (what === 'transition') transitions.set(edgeOf(name), change);
  }
  const gone = before.canvas.activities.filter(({ id }) => activities.get(id) === 'removed');
  const cut = (before.canvas.transitions ?? []).filter(
    ({ from, to }) => transitions.get(edgeOf(`${from} -> ${to}`)) === 'removed',
  );
  // Where things stand by hand says nothing of what is only in one of both.
  const { positions: _positions, ...canvas } = after.canvas;
  return {
    activities,
    transitions,
    document: {
      ...after,
      canvas: {
        ...canvas,
        activities: [...after.canvas.activities, ...gone],
        transitions: [...(after.canvas.transitions ?? []), ...cut],
      },
    },
  };
}

function edgeOf(name: string): string {
  const [from = '', to = ''] = name.split(' -> ');
  const { activity, port } = parsePort(from);
  return edgeId(activity, port, to);
}
