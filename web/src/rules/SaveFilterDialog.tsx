import { Alert, Button, Checkbox, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { applyDocuments, useDocuments } from '@/api/documents';
import type { FilterDocument, RuleGroup } from '@/api/types';
import { whoAsks } from '@/api/who';
import { t } from '@/i18n';
import { literalsOf, withParameters } from '@/rules/parameters';
import type { Scope } from '@/rules/scope';
import { formatCell, sentence } from '@/ui/format';
import { nameFrom } from '@/ui/names';
import classes from '@/rules/rules.module.css';

interface Props {
  scope: Scope;
  rule: RuleGroup;
  onClose: () => void;
  onSaved: (name: string) => void;
}

/** Keeps a rule as a predefined filter; values that differ from use to use become its parameters. */
export function SaveFilterDialog({ scope, rule, onClose, onSaved }: Props) {
  const taken = (useDocuments('filter').data ?? []).map(({ name }) => name);
  const [label, setLabel] = useState('');
  const [description, setDescription] = useState('');
  const [favorite, setFavorite] = useState(false);
  const [shared, setShared] = useState(false);
  const [asked, setAsked] = useState<Record<number, string>>({});
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const literals = literalsOf(scope, rule);
  const name = nameFrom(label, taken, 'filter');

  async function save(event: FormEvent) {
    event.preventDefault();
    setError(undefined);
    const names = literals.map((_, index) => asked[index]);
    const { where, parameters } = withParameters(rule, literals, names);
    const filter: FilterDocument = {
      kind: 'filter',
      name,
      ...(label.trim() !== '' && { label: label.trim() }),
      ...(description.trim() !== '' && { description: description.trim() }),
      dimension: scope.dimension,
      ...(!shared && privateTo(whoAsks())),
      ...(favorite && { favorite }),
      ...(Object.keys(parameters).length > 0 && { parameters }),
      where,
    };
    try {
      await applyDocuments([filter]);
      await client.invalidateQueries({ queryKey: ['documents', 'filter'] });
      onSaved(name);
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  }

  const ask = (index: number, want: boolean) => {
    const others = Object.entries(asked).filter(([key]) => Number(key) !== index);
    const next = Object.fromEntries(others) as Record<number, string>;
    if (want) {
      const literal = literals[index];
      const used = Object.values(next);
      next[index] = nameFrom(literal?.name ?? '', used, 'value');
    }
    setAsked(next);
  };

  return (
    <Modal opened onClose={onClose} title={t('rules.saveFilter')} size={560}>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('rules.filterLabel')}
            description={t('rules.filterName', { name })}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          <TextInput
            label={t('rules.filterDescription')}
            value={description}
            onChange={({ currentTarget }) => setDescription(currentTarget.value)}
          />
          {literals.length > 0 && (
            <fieldset className={classes.parameters}>
              <legend>{t('rules.askedEachTime')}</legend>
              {literals.map(({ at, subject, value }, index) => (
                <div key={at.join('/')} className={classes.parameterRow}>
                  <Checkbox
                    size="xs"
                    label={`${subject}: ${formatCell(value)}`}
                    checked={asked[index] !== undefined}
                    onChange={({ currentTarget }) => ask(index, currentTarget.checked)}
                  />
                  {asked[index] !== undefined && (
                    <TextInput
                      size="xs"
                      w={150}
                      aria-label={t('rules.parameterName', { subject })}
                      value={asked[index]}
                      onChange={({ currentTarget }) =>
                        setAsked({ ...asked, [index]: currentTarget.value })
                      }
                    />
                  )}
                </div>
              ))}
            </fieldset>
          )}
          <Switch
            size="sm"
            label={t('rules.filterShared')}
            checked={shared}
            onChange={({ currentTarget }) => setShared(currentTarget.checked)}
          />
          <Switch
            size="sm"
            label={t('rules.filterFavorite')}
            checked={favorite}
            onChange={({ currentTarget }) => setFavorite(currentTarget.checked)}
          />
          {error !== undefined && (
            <Alert color="red" title={t('rules.filterFailed')}>
              {sentence(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit">{t('rules.saveFilter')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Others do not see it; what is nobody's, everybody does. */
function privateTo(owner: string | undefined): Pick<FilterDocument, 'shared' | 'owner'> {
  return { shared: false, ...(owner !== undefined && { owner }) };
}
