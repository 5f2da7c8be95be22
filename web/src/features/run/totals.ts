import type { RunDelivery } from '@/api/types';

export interface DeliveryTotals {
  targeted: number;
  excluded: number;
  sent: number;
  failed: number;
  in_doubt: number;
  pending: number;
  exclusions: Record<string, number>;
  /** Whether each targeted row is in exactly one of the other figures. */
  accounted: boolean;
}

/** The figures of all channel activities of a run together. */
export function totalDeliveries(deliveries: RunDelivery[]): DeliveryTotals {
  const sum = (pick: (delivery: RunDelivery) => number) =>
    deliveries.reduce((total, delivery) => total + pick(delivery), 0);
  const exclusions: Record<string, number> = {};
  for (const delivery of deliveries) {
    for (const [reason, rows] of Object.entries(delivery.exclusions)) {
      exclusions[reason] = (exclusions[reason] ?? 0) + rows;
    }
  }
  const targeted = sum((each) => each.targeted);
  const excluded = sum((each) => each.excluded);
  const sent = sum((each) => each.sent);
  const failed = sum((each) => each.failed);
  const in_doubt = sum((each) => each.in_doubt);
  const pending = sum((each) => each.pending ?? 0);
  const accounted = targeted === excluded + sent + failed + in_doubt + pending;
  return { targeted, excluded, sent, failed, in_doubt, pending, exclusions, accounted };
}
