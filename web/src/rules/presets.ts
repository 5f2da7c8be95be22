/** Date presets: spans of time that rules know by a name. Pure. */
import { t, tMaybe, type WordKey } from '@/i18n';
import { humanize } from '@/ui/format';

/** A preset as a rule asks for it. */
export interface AskedPreset {
  preset: string;
  n?: number;
}

export function isPreset(value: unknown): value is AskedPreset {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { preset?: unknown }).preset === 'string'
  );
}

/** As it stands after “is”; without its number, dots stand in its place. */
export function presetWords({ preset, n }: AskedPreset): string {
  if (tMaybe('preset', preset) === undefined) {
    return n === undefined ? humanize(preset) : `${humanize(preset)} ${n}`;
  }
  return t(`preset.${preset}` as WordKey, { n: n ?? '…' });
}
