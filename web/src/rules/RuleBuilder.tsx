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
import type { Rule, RuleCondition, RuleGroup } from '@/api/types';
import { t } from '@/i18n';
import { PasteRule } from '@/rules/clipboard';
import { appendAt, insertAfter, moveAt, pointerOf, replaceAt, strip, unfold } from '@/rules/edit';
import { PartCount } from '@/rules/PartCount';
import { RuleRow } from '@/rules/RuleRow';
import type { Scope } from '@/rules/scope';
import classes from '@/rules/rules.module.css';

/** Rows that match each part, by its pointer in the rule. */
export type PartCounts = ReadonlyMap<string, number>;

interface Props {
  scope: Scope;
  value: RuleGroup;
  onChange: (value: RuleGroup) => void;
  /** Of a rule about the rows of the dimension itself; conditions on linked rows have none. */
  counts?: PartCounts | undefined;
}

interface Shared {
  scope: Scope;
  counts: PartCounts | undefined;
  /** Puts another part in the place of the one at `path`. */
  replace: (path: number[], rule: Rule) => void;
  /** Makes another rule of the whole. */
  rewrite: (make: (group: RuleGroup) => RuleGroup) => void;
}

const CONTROLS = {
  rule: Condition,
  addRuleAction: AddRule,
  combinatorSelector: Combinator,
  notToggle: Not,
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
export function RuleBuilder({ scope, value, onChange, counts }: Props) {
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
  const rewrite: Shared['rewrite'] = (make) => {
    const next = make(query as unknown as RuleGroup);
    // What was put in from elsewhere has no ids yet.
    change(prepareRuleGroup(next as unknown as RuleGroupType));
  };
  const shared: Shared = {
    scope,
    counts,
    rewrite,
    replace: (path, rule) => rewrite((group) => replaceAt(group, path, rule)),
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
  const { scope, replace, rewrite, counts } = context as Shared;
  return (
    <RuleRow
      scope={scope}
      rule={rule as unknown as RuleCondition}
      count={counts?.get(pointerOf(path))}
      onChange={(next) => {
        const id = (rule as { id?: string }).id;
        replace(path, { ...next, id } as Rule);
      }}
      onRemove={() => actions.onRuleRemove(path)}
      onMove={(step) => rewrite((group) => moveAt(group, path, step))}
      onDuplicate={() => {
        const copy = strip(structuredClone(rule)) as unknown as Rule;
        rewrite((group) => insertAfter(group, path, copy));
      }}
      onUnfold={() => {
        const unfolded = unfold(scope, rule as unknown as RuleCondition);
        if (unfolded !== undefined) replace(path, unfolded);
      }}
    />
  );
}

function Combinator({ value, handleOnChange, path, context }: CombinatorSelectorProps) {
  const count = (context as Shared).counts?.get(pointerOf(path));
  return (
    <>
      {path.length > 0 && count !== undefined && <PartCount count={count} />}
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
    </>
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

function AddRule({ handleOnClick, path, context }: ActionProps) {
  const { rewrite } = context as Shared;
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} />}
        onClick={() => handleOnClick()}
      >
        {t('rules.addCondition')}
      </Button>
      <PasteRule onPaste={(rule) => rewrite((group) => appendAt(group, path, rule))} />
    </>
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
