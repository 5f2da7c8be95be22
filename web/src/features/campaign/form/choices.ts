/** What a setting that names a population, a variable, a link or an answer can name. Pure. */
import { ancestors } from '@/canvas/edit/document';
import { activityLabel } from '@/canvas/edit/words';
import { isNamedPort, portText } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import { factsAt, type Known } from '@/features/campaign/form/scopes';
import type { Choice } from '@/features/campaign/form/useKnown';
import { settingOf } from '@/features/campaign/setting';
import { t } from '@/i18n';
import { behind, isToOne, linkLabel, linksOf, type Scope } from '@/rules/scope';
import type { FieldChoice } from '@/ui/fieldChoices';
import { asObject } from '@/ui/form/schema';
import { humanize } from '@/ui/format';

/** The populations of earlier activities, by each of their ports. */
export function earlierAt({ document, check, activity }: Known): Choice[] {
  const before = ancestors(document, activity.id);
  return document.canvas.activities
    .filter(({ id }) => before.has(id))
    .flatMap((source) =>
      (check.ports[source.id] ?? []).map((port) => ({
        value: portText({ activity: source.id, port }),
        label: isNamedPort(port)
          ? `${activityLabel(source)} · ${portLabel(source, port)}`
          : activityLabel(source),
      })),
    );
}

/** The variables of the campaign, and what only a run knows. */
export function variablesAt(known: Known): Choice[] {
  const declared = Object.keys(settingOf(known.document).variables ?? {});
  const facts = factsAt(known).map(({ name, label }) => ({ value: name, label }));
  return [...declared.map((name) => ({ value: name, label: humanize(name) })), ...facts];
}

/** What short texts call their own names, where expressions have a variable. */
const TEXT_NAMES: Record<string, string> = {
  rows: 'rows',
  run_id: 'run',
  campaign_name: 'campaign',
};

/** What can stand between the braces of a short text. */
export function textNames(known: Known): FieldChoice[] {
  return variablesAt(known).map(({ value, label }) => ({
    path: TEXT_NAMES[value] ?? `variables.${value}`,
    label,
    way: [],
  }));
}

/** What can stand between the braces of the name of a file. */
export function fileNames(known: Known): FieldChoice[] {
  const parts = ['date', 'time', 'year', 'month', 'day', 'campaign', 'run', 'activity'] as const;
  const variables = textNames(known).filter(({ path }) => path.startsWith('variables.'));
  return [...parts.map((path) => ({ path, label: t(`file.name.${path}`), way: [] })), ...variables];
}

/** Paths of links, over as many links as one follows; `ends` says which of them are meant. */
export function linkPaths(
  scope: Scope | undefined,
  ends: (table: string, toMany: boolean) => boolean,
  depth = 3,
): Choice[] {
  if (scope === undefined) return [];
  return pathsFrom(scope, [], [], false, depth, ends);
}

function pathsFrom(
  scope: Scope,
  path: string[],
  way: string[],
  many: boolean,
  depth: number,
  ends: (table: string, toMany: boolean) => boolean,
): Choice[] {
  if (depth === 0) return [];
  return linksOf(scope).flatMap((link) => {
    const inner = behind(scope, link);
    const [names, words] = [
      [...path, link.name],
      [...way, linkLabel(link)],
    ];
    const toMany = many || !isToOne(link);
    const here = { value: names.join('.'), label: words.join(' › ') };
    const further = pathsFrom(inner, names, words, toMany, depth - 1, ends);
    return ends(link.to, toMany) ? [here, ...further] : further;
  });
}

/** What happens when nobody answers in time. */
export function answersOf(activity: Record<string, unknown>): Choice[] {
  const own = Array.isArray(activity.answers) ? (activity.answers as unknown[]) : [];
  const answers = own.flatMap((each) => {
    const { id, label } = asObject(each);
    if (typeof id !== 'string' || id === '') return [];
    return [{ value: id, label: typeof label === 'string' && label !== '' ? label : humanize(id) }];
  });
  const usual = ['approve', 'reject'] as const;
  const words = usual.map((value) => ({ value: value as string, label: t(`answer.${value}`) }));
  return [...(answers.length > 0 ? answers : words), { value: 'fail', label: t('answer.fail') }];
}
