import { useCampaignDocuments } from '@/api/campaigns';
import { useCampaignHeads, useDimensions, useDocuments } from '@/api/documents';
import { useTables } from '@/api/server';
import type { ActivityDocument } from '@/api/types';
import { activityLabel, namedIn } from '@/canvas/edit/words';
import { isNamedPort } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import { humanize } from '@/ui/format';

/** What people call the things that the server names by their ids; what has no label is called by its id. */
export interface Names {
  campaign: (name: string) => string;
  /** Of the campaigns that were asked for; without one, of whichever has an activity of that id. */
  activity: (id: string, campaign?: string) => string;
  /** A way out of an activity. */
  way: (id: string, port: string, campaign?: string) => string;
  /** An activity and the way out of it, if that has a name. */
  port: (id: string, port: string, campaign?: string) => string;
  /** A sentence of the server, with these names in place of ids. */
  said: (text: string, campaign?: string) => string;
  channel: (name: string) => string;
  dimension: (name: string) => string;
  table: (name: string) => string;
  /** A column of a table, else of whichever has one of that name. */
  column: (name: string, table?: string) => string;
  /** A column of rows of a dimension. */
  field: (name: string, dimension: string | null | undefined) => string;
}

/** The names of everything, with the activities of `campaigns`. */
export function useNames(campaigns: string[] = []): Names {
  const listed = useCampaignHeads().data;
  const documents = useCampaignDocuments(campaigns);
  const channels = useDocuments('channel').data;
  const heads = useDocuments('dimension').data;
  const dimensions = useDimensions();
  const tables = useTables().data ?? [];

  function find(id: string, campaign: string | undefined): ActivityDocument | undefined {
    return documents
      .filter(({ name }) => campaign === undefined || name === campaign)
      .flatMap(({ canvas }) => canvas.activities)
      .find((each) => each.id === id);
  }
  function activity(id: string, campaign?: string): string {
    const found = find(id, campaign);
    return found === undefined ? humanize(id) : activityLabel(found);
  }
  function way(id: string, port: string, campaign?: string): string {
    return portLabel(find(id, campaign), port);
  }
  function column(name: string, table?: string): string {
    const sorted = [...tables].sort((a, b) => Number(b.name === table) - Number(a.name === table));
    const found = sorted.flatMap(({ columns }) => columns.filter((each) => each.name === name));
    return found.find(({ label }) => label)?.label ?? humanize(name);
  }
  return {
    campaign: (name) => labelIn(listed, name),
    activity,
    way,
    port: (id, port, campaign) =>
      isNamedPort(port)
        ? `${activity(id, campaign)} · ${way(id, port, campaign)}`
        : activity(id, campaign),
    said: (text, campaign) =>
      namedIn(
        text,
        documents
          .filter(({ name }) => campaign === undefined || name === campaign)
          .flatMap(({ canvas }) => canvas.activities),
        (name) =>
          [heads, listed, channels, tables].flatMap(
            (list) => list?.find((each) => each.name === name)?.label ?? [],
          )[0],
      ),
    channel: (name) => labelIn(channels, name),
    dimension: (name) => labelIn(heads, name),
    table: (name) => labelIn(tables, name),
    column,
    field: (name, dimension) =>
      column(name, dimensions.find((each) => each.name === dimension)?.table),
  };
}

function labelIn(list: { name: string; label?: string | null }[] | undefined, name: string) {
  return list?.find((each) => each.name === name)?.label ?? humanize(name);
}
