/** What templates and their parameters are called in the reader's language, as far as they come with Tutti. */
import type { Chosen, TemplateHead } from '@/api/library';
import { tMaybe } from '@/i18n';
import { humanize } from '@/ui/format';

export function templateWords({
  name,
  label,
  description,
  built_in,
}: Pick<TemplateHead, 'name' | 'label' | 'description' | 'built_in'>): {
  label: string;
  description: string;
} {
  const own = built_in ? tMaybe('template', name) : undefined;
  const told = built_in ? tMaybe('templateText', name) : undefined;
  return { label: own ?? label ?? humanize(name), description: told ?? description ?? '' };
}

export function parameterLabel({ name, label }: Pick<Chosen, 'name' | 'label'>): string {
  return tMaybe('parameter', name) ?? label ?? humanize(name);
}
