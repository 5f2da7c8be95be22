/** What rules of a campaign see besides its rows. Pure. */
import type { Setting, Variable } from '@/api/questions';
import type { CampaignDocument } from '@/api/types';

interface SignalParameter {
  name: string;
  type?: string;
  default?: unknown;
  test_value?: unknown;
}

/** The zone and the variables of a campaign as it is edited; parameters of a signal have their test values. */
export function settingOf({ time_zone, variables = {}, schedule }: CampaignDocument): Setting {
  const declared = new Map<string, Variable>();
  for (const [name, value] of Object.entries(variables)) {
    const variable = read(value);
    if (variable !== undefined) declared.set(name, variable);
  }
  if (schedule?.type === 'signal') {
    const parameters = Array.isArray(schedule.parameters) ? schedule.parameters : [];
    for (const parameter of parameters as SignalParameter[]) {
      const { name, type = 'string', test_value: test, default: standard } = parameter;
      declared.set(name, { type, value: test ?? standard ?? declared.get(name)?.value });
    }
    const byFile = typeof schedule.on === 'object' && schedule.on !== null && 'file' in schedule.on;
    if (byFile && !declared.has('file')) declared.set('file', { type: 'string' });
  }
  return {
    ...(time_zone !== undefined && { time_zone }),
    ...(declared.size > 0 && { variables: Object.fromEntries(declared) }),
  };
}

/** A declaration: a plain value, whose type it has, or `{type, value}`. What is neither, the check tells. */
function read(declared: unknown): Variable | undefined {
  switch (typeof declared) {
    case 'string':
    case 'boolean':
      return { type: typeof declared, value: declared };
    case 'number':
      return { type: Number.isInteger(declared) ? 'integer' : 'number', value: declared };
    case 'object': {
      const { type, value } = (declared ?? {}) as Partial<Variable>;
      return typeof type === 'string' ? { type, value } : undefined;
    }
    default:
      return undefined;
  }
}
