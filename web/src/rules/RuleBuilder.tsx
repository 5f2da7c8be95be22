import { ActionIcon, Button, SegmentedControl, Switch } from '@mantine/core';
import { IconBracketsContain, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import {
  QueryBuilder,
  prepareRuleGroup,
  type ActionProps,
  type CombinatorSelectorProps,
  type NotToggleProps,
  type RuleGroupType,
  type RuleProps,
} from 'react-querybuilder';
import type { RuleCondition, RuleGroup } from '@/api/types';
import { t } from '@/i18n';
import { replaceAt, strip } from '@/rules/edit';
import { RuleRow } from '@/rules/RuleRow';
import type { Scope } from '@/rules/scope';
import classes from '@/rules/rules.module.css';

interface Props {
  scope: Scope;
  value: RuleGroup;
  onChange: (value: RuleGroup) => void;
}

interface Shared {
  scope: Scope;
  /** Puts another condition in the place of the one at `path`. */
  replace: (path: number[], rule: RuleCondition) => void;
}

const CONTROLS = {
  rule: Condition,
  combinatorSelector: Combinator,
  notToggle: Not,
  addRuleAction: AddRule,
  addGroupAction: AddGroup,
  removeGroupAction: RemoveGroup,
  ruleGroupHeaderElements: undefined,
};
const CLASS_NAMES = {
  queryBuilder: classes.builder,
  ruleGroup: classes.group,
  header: classes.groupHead,
  body: classes.groupBody,
};
const COMBINATORS = ['and', 'or', 'except'].map((name) => ({ name, label: name }));

/** Groups of conditions, nested as deep as one likes, in the very JSON of the document. */
export function RuleBuilder({ scope, value, onChange }: Props) {
  // The library tells its parts apart by ids, which the document does not have.
  const [query, setQuery] = useState(() => prepare(value));
  const [written, setWritten] = useState(() => JSON.stringify(value));
  const given = JSON.stringify(value);
  if (given !== written) {
    setWritten(given);
    setQuery(prepare(value));
  }
  const change = (next: RuleGroupType) => {
    const clean = strip(next) as unknown as RuleGroup;
    const text = JSON.stringify(clean);
    setQuery(next);
    if (text === written) return;
    setWritten(text);
    onChange(clean);
  };
  const shared: Shared = {
    scope,
    replace: (path, rule) => {
      const group = query as unknown as RuleGroup;
      change(replaceAt(group, path, rule) as unknown as RuleGroupType);
    },
  };
  return (
    <QueryBuilder
      query={query}
      onQueryChange={(next) => change(next as RuleGroupType)}
      context={shared}
      combinators={COMBINATORS}
      controlElements={CONTROLS}
      controlClassnames={CLASS_NAMES}
      suppressStandardClassnames
      showNotToggle
      addRuleToNewGroups={false}
      onAddRule={(rule) => ({ ...rule, field: '', operator: '=', value: '' })}
      enableMountQueryChange={false}
      listsAsArrays
    />
  );
}

function prepare(value: RuleGroup): RuleGroupType {
  return prepareRuleGroup(structuredClone(value) as unknown as RuleGroupType);
}

function Condition({ rule, path, actions, context }: RuleProps) {
  const { scope, replace } = context as Shared;
  return (
    <RuleRow
      scope={scope}
      rule={rule as unknown as RuleCondition}
      onChange={(next) => {
        const id = (rule as { id?: string }).id;
        replace(path, { ...next, id } as RuleCondition);
      }}
      onRemove={() => actions.onRuleRemove(path)}
    />
  );
}

function Combinator({ value, handleOnChange }: CombinatorSelectorProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('rules.combinator')}
      value={value ?? 'and'}
      onChange={handleOnChange}
      data={[
        { value: 'and', label: t('rules.and') },
        { value: 'or', label: t('rules.or') },
        { value: 'except', label: t('rules.except') },
      ]}
    />
  );
}

function Not({ checked, handleOnChange }: NotToggleProps) {
  return (
    <Switch
      size="xs"
      label={t('rules.not')}
      checked={checked === true}
      onChange={({ currentTarget }) => handleOnChange(currentTarget.checked)}
    />
  );
}

function AddRule({ handleOnClick }: ActionProps) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconPlus size={13} />}
      onClick={() => handleOnClick()}
    >
      {t('rules.addCondition')}
    </Button>
  );
}

function AddGroup({ handleOnClick }: ActionProps) {
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      leftSection={<IconBracketsContain size={13} />}
      onClick={() => handleOnClick()}
    >
      {t('rules.addGroup')}
    </Button>
  );
}

function RemoveGroup({ handleOnClick }: ActionProps) {
  return (
    <ActionIcon
      size="sm"
      variant="subtle"
      color="gray"
      aria-label={t('rules.removeGroup')}
      onClick={() => handleOnClick()}
    >
      <IconTrash size={14} />
    </ActionIcon>
  );
}
