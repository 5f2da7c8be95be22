import { Button } from '@mantine/core';
import { IconEqual } from '@tabler/icons-react';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { scopeFor } from '@/features/campaign/form/scopes';
import { alikeFields } from '@/features/campaign/panels/match';
import { t } from '@/i18n';
import { fieldChoices } from '@/rules/fields';
import { choiceWords } from '@/ui/fieldChoices';
import { asObject } from '@/ui/form/schema';
import classes from '@/features/campaign/editor.module.css';

/** How many fields of one name are proposed. */
const PROPOSED_MAX = 3;

/** Whose rows are looked for, by which pairs of fields and rules, and what becomes of those who match nobody. */
export function MatchPanel({ activity, set, only, rest, known, fields }: PanelProps) {
  const there = fieldChoices(scopeFor(known, { of: 'dimension', beside: activity }));
  const alike = alikeFields(fields, there, activity.on);
  const words = new Map(there.map((choice) => [choice.path, choiceWords(choice)]));
  return (
    <div className={classes.stack}>
      {only(['dimension', 'on'])}
      {alike.length > 0 && (
        <div className={classes.fixes} role="group" aria-label={t('matching.alike')}>
          {alike.slice(0, PROPOSED_MAX).map((path) => (
            <Button
              key={path}
              size="compact-xs"
              variant="default"
              leftSection={<IconEqual size={12} />}
              onClick={() => set({ on: { ...asObject(activity.on), [path]: path } })}
            >
              {t('matching.take', { field: words.get(path) ?? path })}
            </Button>
          ))}
        </div>
      )}
      {only(['rule', 'case_sensitive'])}
      <h4 className={classes.part}>{t('matching.who')}</h4>
      {only(['where', 'keep_unmatched'])}
      <h4 className={classes.part}>{t('matching.several')}</h4>
      {only(['sort', 'on_multiple'])}
      <h4 className={classes.part}>{t('matching.carried')}</h4>
      {only(['carry'])}
      {rest([
        'dimension',
        'on',
        'rule',
        'case_sensitive',
        'where',
        'keep_unmatched',
        'sort',
        'on_multiple',
        'carry',
      ])}
    </div>
  );
}
