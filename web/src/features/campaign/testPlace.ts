/** Where on the canvas a failure of a test is. Pure. */
import type { TestDocument } from '@/api/tests';

/** Parts of an expected run whose entries are named by activities, or by their ways out. */
const BY_ACTIVITY = ['activities', 'counts', 'members', 'messages'];
/** Steps that are about an activity. */
const STEPS = ['approve', 'reject', 'opens', 'clicks', 'unsubscribes'];

/** The activity that a place in a test is about; none where it is about the whole. */
export function activityAt(pointer: string, test: TestDocument | undefined): string | undefined {
  const parts = pointer.split('/').slice(1).map(unescaped);
  const [area, index, part, name] = parts;
  if (area === 'expect') {
    const [, , number, of, port] = parts;
    if (index !== 'runs' || number === undefined || !BY_ACTIVITY.includes(of ?? ''))
      return undefined;
    return port?.split('.')[0];
  }
  if (area === 'answers') return index;
  if (area !== 'steps') return undefined;
  const step = test?.steps?.[Number(index)];
  // Another campaign's activities are not on this canvas.
  if (step?.campaign !== undefined && step.campaign !== test?.campaign) return undefined;
  const kind = part ?? STEPS.find((each) => step?.[each] !== undefined);
  if (kind === undefined || !STEPS.includes(kind)) return undefined;
  const said = step?.[kind];
  if (typeof said === 'string') return said;
  const { activity } = (said ?? {}) as { activity?: unknown };
  return typeof activity === 'string' ? activity : name;
}

/** The number of the run that a failure is about, from 1. */
export function runAt(pointer: string): number | undefined {
  const found = /^\/expect\/runs\/(\d+)/.exec(pointer)?.[1];
  return found === undefined ? undefined : Number(found) + 1;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Tests about a campaign, also those in which it runs alongside another one. */
export function testsOf(tests: TestDocument[], campaign: string): TestDocument[] {
  return tests.filter(
    (test) => test.campaign === campaign || test.alongside?.includes(campaign) === true,
  );
}

/** A whole moment of the simulated time without its offset, as the campaign's zone has it: `2026-10-19 08:00`. */
export function wallClock(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ');
}
