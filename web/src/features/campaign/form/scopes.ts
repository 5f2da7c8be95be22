/** What the settings of an activity can speak of: whose rows, which populations, what a run knows. Pure. */
import type {
  ActivityDocument,
  ActivityKind,
  CampaignCheck,
  CampaignDocument,
  DimensionDocument,
  FilterDocument,
  PortShape,
  TableColumn,
  TableLink,
  TableListed,
} from '@/api/types';
import type { Place } from '@/api/questions';
import { populationsBefore } from '@/canvas/edit/upstream';
import { resultName, rowsName } from '@/canvas/edit/references';
import { ancestors } from '@/canvas/edit/document';
import { activityLabel } from '@/canvas/edit/words';
import { isNamedPort, parsePort } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import { settingOf } from '@/features/campaign/setting';
import { t } from '@/i18n';
import { follow, looseScope, tableOf, withLink, type Fact, type Scope } from '@/rules/scope';
import { asObject } from '@/ui/form/schema';
import type { RowsMark } from '@/ui/form/SchemaForm';
import { humanize } from '@/ui/format';

/** An audience with the columns that were saved with its members. */
export interface Audience {
  name: string;
  label?: string | null;
  dimension: string;
  columns: TableColumn[];
}

/** All that is known of where an activity stands, and of what the installation has. */
export interface Known {
  document: CampaignDocument;
  check: Pick<CampaignCheck, 'shapes' | 'ports'>;
  activity: ActivityDocument;
  kinds: ActivityKind[];
  tables: TableListed[];
  dimensions: DimensionDocument[];
  filters: FilterDocument[];
  audiences: Audience[];
  /** Where the server knows the activity; `undefined` as long as it does not. */
  place?: Place | undefined;
}

export interface Arrival {
  /** `ACTIVITY` or `ACTIVITY.PORT`. */
  from: string;
  label: string;
  /** `undefined` where an error before hides it. */
  shape: PortShape | undefined;
}

/** What arrives, in the order of the transitions. */
export function arrivalsAt({ document, check, activity }: Known): Arrival[] {
  const { activities, transitions = [] } = document.canvas;
  return transitions
    .filter(({ to }) => to === activity.id)
    .map(({ from }) => {
      const { activity: id, port } = parsePort(from);
      const source = activities.find((each) => each.id === id);
      const label = source === undefined ? id : activityLabel(source);
      const way = isNamedPort(port) ? ` · ${portLabel(source, port)}` : '';
      return { from, label: `${label}${way}`, shape: check.shapes[id]?.[port] };
    });
}

/** The population that a setting names, as the server finds it: without a port its only one, else that of `out`. */
function setNamed(arrivals: Arrival[], name: unknown): Arrival | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  const exact = arrivals.find(({ from }) => from === name);
  return exact ?? arrivals.find(({ from }) => parsePort(from).activity === name);
}

/** The population whose rows go on. */
export function mainArrival(known: Known): Arrival | undefined {
  const arrivals = arrivalsAt(known);
  return setNamed(arrivals, known.activity.primary) ?? arrivals[0];
}

/** Marks whose rows depend on the settings beside, so that one activity can have several such. */
const BESIDE = new Set(['set', 'target', 'linked']);
/** A form asks for the same rows for each of its settings. */
const scopes = new WeakMap<Known, Map<string, Scope | undefined>>();
const bases = new WeakMap<Known, ReturnType<typeof makeBase>>();

/** Whose fields a setting with this mark is about; those of the rows that arrive without one. */
export function scopeFor(known: Known, mark: RowsMark | undefined): Scope | undefined {
  const of = mark?.of ?? '';
  if (BESIDE.has(of)) return makeScope(known, mark);
  const made = scopes.get(known) ?? new Map<string, Scope | undefined>();
  if (!made.has(of)) made.set(of, makeScope(known, mark));
  scopes.set(known, made);
  return made.get(of);
}

function makeScope(known: Known, mark: RowsMark | undefined): Scope | undefined {
  const { activity } = known;
  const { beside = {} } = mark ?? {};
  switch (mark?.of) {
    case 'dimension':
      if (activity.within === true) return arriving(known);
      return placed(known, ofDimension(known, ownDimension(known)));
    case 'matched':
      return withInbound(known, ofDimension(known, ownDimension(known)));
    case 'members':
      return ofMembers(known, undefined);
    case 'found':
      return ofMembers(known, activity.dimension);
    case 'table':
      return ofTable(known, activity.table);
    case 'primary':
      return ofShape(known, mainArrival(known)?.shape);
    case 'set':
      return ofShape(known, setNamed(arrivalsAt(known), beside.set)?.shape);
    case 'target':
      return ofTarget(known, beside.to);
    case 'linked': {
      const rows = arriving(known);
      const link = typeof beside.link === 'string' ? beside.link : '';
      return rows === undefined || link === '' ? undefined : follow(rows, link)?.scope;
    }
    case 'run':
      return looseScope(baseOf(known), t('scope.run'), []);
    default:
      return arriving(known);
  }
}

/** The rows that arrive, with the links that the activity makes. */
function arriving(known: Known): Scope | undefined {
  const scope = ofShape(known, mainArrival(known)?.shape);
  return scope === undefined ? undefined : placed(known, withOwnLinks(known, scope));
}

/** Of rows that the server, too, takes the activity's rules to be about. */
function placed({ place }: Known, scope: Scope | undefined): Scope | undefined {
  return scope === undefined ? undefined : { ...scope, place };
}

/** What every rule of the activity can speak of, whatever its rows are. */
function baseOf(known: Known) {
  const base = bases.get(known) ?? makeBase(known);
  bases.set(known, base);
  return base;
}

function makeBase(known: Known) {
  const { document, activity, tables } = known;
  return {
    tables,
    populations: populationsBefore(document, activity.id),
    setting: settingOf(document),
    facts: factsAt(known),
  };
}

function ofShape(known: Known, shape: PortShape | undefined): Scope | undefined {
  if (shape === undefined) return undefined;
  // Rows of a file have the dimension without a name.
  if (shape.dimension === '') return looseScope(baseOf(known), t('scope.lines'), shape.added);
  return ofDimension(known, shape.dimension, shape.added);
}

function ofDimension(known: Known, name: unknown, added: TableColumn[] = []): Scope | undefined {
  const dimension = known.dimensions.find((each) => each.name === name);
  if (dimension === undefined) return undefined;
  return {
    ...baseOf(known),
    dimension: dimension.name,
    way: '',
    table: dimension.table,
    filters: known.filters.filter((filter) => filter.dimension === name),
    audiences: known.audiences.filter((each) => each.dimension === name),
    added,
  };
}

/** The rows of a table, whether it has a dimension or not. */
function ofTable(known: Known, name: unknown): Scope | undefined {
  const table = known.tables.find((each) => each.name === name);
  if (table === undefined) return undefined;
  const loose = looseScope(baseOf(known), table.label ?? humanize(table.name), []);
  return { ...loose, table: table.name };
}

function ownDimension(known: Known): unknown {
  const { dimension, audience } = known.activity;
  return dimension ?? known.audiences.find(({ name }) => name === audience)?.dimension;
}

/** The members of an audience with what was saved, as rows of another dimension where one is given. */
function ofMembers(known: Known, dimension: unknown): Scope | undefined {
  const audience = known.audiences.find(({ name }) => name === known.activity.audience);
  if (audience === undefined) return undefined;
  return ofDimension(known, dimension ?? audience.dimension, audience.columns);
}

function ofTarget(known: Known, to: unknown): Scope | undefined {
  const { table, transition } = asObject(to);
  if (table !== undefined) return ofTable(known, table);
  return ofShape(known, setNamed(arrivalsAt(known), transition)?.shape);
}

/** In a rule over two rows, the one that arrives stands behind `inbound`. */
function withInbound(known: Known, scope: Scope | undefined): Scope | undefined {
  const rows = ofShape(known, mainArrival(known)?.shape);
  if (scope === undefined || rows === undefined) return scope;
  const link = { name: 'inbound', label: t('scope.inbound'), to: '', cardinality: 'many-to-one' };
  return withLink(scope, link, listedAs(rows, []));
}

function withOwnLinks(known: Known, scope: Scope): Scope {
  const { links } = known.activity;
  if (known.activity.type !== 'enrichment' || !Array.isArray(links)) return scope;
  return (links as unknown[]).reduce<Scope>((found, each) => {
    const { name, to, cardinality } = asObject(each);
    const target = ofTarget(known, to);
    if (typeof name !== 'string' || name === '' || target === undefined) return found;
    const toMany = cardinality === 'many';
    const link = { name, to: '', cardinality: toMany ? 'one-to-many' : 'many-to-one' };
    return withLink(found, link, listedAs(target, tableOf(target)?.links ?? []));
  }, scope);
}

/** The rows of a scope as a table, with what was added to them. */
function listedAs(scope: Scope, links: TableLink[]): TableListed {
  const hidden = new Set(scope.added.map(({ name }) => name));
  const table = tableOf(scope);
  const own = (table?.columns ?? []).filter(({ name }) => !hidden.has(name));
  return {
    name: scope.table,
    label: table?.label,
    columns: [...own, ...scope.added],
    primary_key: table?.primary_key ?? [],
    links,
    rows: null,
    version: null,
  };
}

/** What a run knows when the activity begins: how many arrive, how many left what came before, and what came of it. */
export function factsAt({ document, check, activity, kinds }: Known): Fact[] {
  const facts: Fact[] = [
    { name: 'rows', label: t('fact.rows') },
    { name: 'run_id', label: t('fact.run') },
    { name: 'campaign_name', label: t('fact.campaign') },
  ];
  const before = ancestors(document, activity.id);
  for (const source of document.canvas.activities.filter(({ id }) => before.has(id))) {
    const name = activityLabel(source);
    for (const port of check.ports[source.id] ?? []) {
      const way = isNamedPort(port) ? ` · ${portLabel(source, port)}` : '';
      const label = t('fact.left', { name: `${name}${way}` });
      facts.push({ name: rowsName({ activity: source.id, port }), label });
    }
    const kind = kinds.find((each) => each.kind === source.type);
    for (const result of kind?.results ?? []) {
      facts.push({ name: resultName(source.id, result), label: `${name}: ${humanize(result)}` });
    }
  }
  return facts;
}
