import { useMemo } from 'react';
import { useActivityKinds } from '@/api/campaigns';
import { useAudiences } from '@/api/data';
import { useDimensions, useDocuments, useFilters } from '@/api/documents';
import type { Place } from '@/api/questions';
import { useTables } from '@/api/server';
import type { ActivityDocument } from '@/api/types';
import type { Known } from '@/features/campaign/form/scopes';
import type { Editor } from '@/features/campaign/useEditor';
import { humanize } from '@/ui/format';

export interface Choice {
  value: string;
  label: string;
}

/** The documents and tables that a setting can name, by what it is marked as. */
export type Names = Record<
  'dimension' | 'channel' | 'content' | 'campaign' | 'table' | 'audience',
  Choice[]
>;

/** Where an activity stands, and what the installation has. */
export function useKnown(editor: Editor, activity: ActivityDocument): Known {
  const { document, check, ports, checked, reply } = editor;
  const { id } = activity;
  const isKept = checked.canvas.activities.some((each) => each.id === id);
  const place = useMemo<Place | undefined>(
    () =>
      isKept
        ? { campaign: checked.name, draft: true, activity: id, revision: reply.revision }
        : undefined,
    [isKept, checked.name, id, reply.revision],
  );
  const kinds = useActivityKinds().data;
  const tables = useTables().data;
  const dimensions = useDimensions();
  const filters = useFilters();
  const audiences = useAudiences().data;
  return useMemo(
    () => ({
      document,
      check: { shapes: check.shapes, ports },
      activity,
      kinds: kinds ?? [],
      tables: tables ?? [],
      dimensions,
      filters,
      audiences: audiences ?? [],
      place,
    }),
    [document, check.shapes, ports, activity, kinds, tables, dimensions, filters, audiences, place],
  );
}

export function useNamed({ tables, audiences }: Known): Names {
  return {
    dimension: named(useDocuments('dimension').data),
    channel: named(useDocuments('channel').data),
    content: named(useDocuments('content').data),
    campaign: named(useDocuments('campaign').data),
    table: named(tables),
    audience: named(audiences),
  };
}

function named(list: { name: string; label?: string | null }[] = []): Choice[] {
  return list.map(({ name, label }) => ({ value: name, label: label ?? humanize(name) }));
}
