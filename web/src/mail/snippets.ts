/** What is written into a template for a field, by its type. Pure. */
import type { Personalization } from '@/api/contents';
import type { WordKey } from '@/i18n';

export interface Snippet {
  label: WordKey;
  text: string;
}

/** A field as it is, and the ways to write it that people ask for. */
export function fieldSnippets(path: string, type: string): Snippet[] {
  const plain = { label: 'personal.plain' as const, text: `{{ ${path} }}` };
  const fallback = { label: 'personal.default' as const, text: `{{ ${path} | default('…') }}` };
  const only = (test: string) => ({
    label: 'personal.condition' as const,
    text: `{% if ${test} %}…{% endif %}`,
  });
  switch (kindOf(type)) {
    case 'boolean':
      return [{ label: 'personal.either', text: `{% if ${path} %}…{% else %}…{% endif %}` }, plain];
    case 'number':
      return [
        plain,
        { label: 'personal.number', text: `{{ ${path} | number(0) }}` },
        { label: 'personal.money', text: `{{ ${path} | money('€') }}` },
        only(`${path} > 0`),
      ];
    case 'date':
      return [
        { label: 'personal.date', text: `{{ ${path} | date('%d/%m/%Y') }}` },
        { label: 'personal.dateWords', text: `{{ ${path} | date('%-d %B %Y') }}` },
        plain,
        only(path),
      ];
    default:
      return [
        plain,
        fallback,
        { label: 'personal.upper', text: `{{ ${path} | upper }}` },
        only(path),
      ];
  }
}

/** A loop over rows, with the first columns of each. */
export function loopSnippet({ path, columns }: Personalization['collections'][number]): string {
  const shown = columns.slice(0, 3).map(({ name }) => `{{ item.${name} }}`);
  return `{% for item in ${path} %}\n  ${shown.join(' ')}\n{% endfor %}`;
}

function kindOf(type: string): 'boolean' | 'number' | 'date' | 'text' {
  if (type === 'boolean') return 'boolean';
  if (type === 'date' || type === 'timestamp') return 'date';
  return /^(integer|number|decimal)/.test(type) ? 'number' : 'text';
}
