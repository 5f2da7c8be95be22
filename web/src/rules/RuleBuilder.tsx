import { ActionIcon, Button, SegmentedControl, Switch } from '@mantine/core';
import {
  IconBracketsContain,
  IconChevronDown,
  IconChevronRight,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
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
import { arrange, moveTo, nextAfter, partAt } from '@/rules/arrange';
import { copyRule, PasteRule, readRule } from '@/rules/clipboard';
import { appendAt, insertAfter, isGroup, pointerOf, replaceAt, strip, unfold } from '@/rules/edit';
import { GroupMenu, type Arranging } from '@/rules/GroupMenu';
import { PartCount } from '@/rules/PartCount';
import { focusHandle, PartHandle, type PartDeed } from '@/rules/PartHandle';
import { RuleRow } from '@/rules/RuleRow';
import type { Scope } from '@/rules/scope';
import { useDragged } from '@/rules/useDragged';
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
  arranging: (path: number[]) => Arranging;
  dragged: ReturnType<typeof useDragged>;
  /** Ids of the groups that show nothing but their heads. */
  collapsed: ReadonlySet<string>;
  collapse: (ids: string[], collapsed: boolean) => void;
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
const NO_IDS: ReadonlySet<string> = new Set();
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
  // A builder around this one gives the parts of this one ids as well, which are no other rule.
  const given = JSON.stringify(strip(value));
  const [written, setWritten] = useState(given);
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
  const whole = query as unknown as RuleGroup;
  const [nothing, setNothing] = useState(false);
  const [collapsed, setCollapsed] = useState(NO_IDS);
  const dragged = useDragged((from, spot) => rewrite((group) => moveTo(group, from, spot)));
  const paste = async (path: number[]) => {
    const rule = await readRule();
    setNothing(rule === undefined);
    if (rule === undefined) return;
    const put = isGroup(partAt(whole, path)) ? appendAt : insertAfter;
    rewrite((group) => put(group, path, rule));
  };
  const doDeed = (path: number[], deed: PartDeed) => {
    const part = partAt(whole, path);
    if (deed === 'paste') return void paste(path);
    if (deed === 'copy') return part && void copyRule(strip(part));
    const next = arrange(whole, path, deed);
    if (next === whole) return;
    rewrite(() => next);
    focusHandle(idOf(nextAfter(whole, path, deed)));
  };
  const shared: Shared = {
    scope,
    counts,
    rewrite,
    replace: (path, rule) => rewrite((group) => replaceAt(group, path, rule)),
    arranging: (path) => ({
      can: (deed) => arrange(whole, path, deed) !== whole,
      onDeed: (deed) => doDeed(path, deed),
    }),
    dragged,
    collapsed,
    collapse: (ids, isCollapsed) => {
      const others = [...collapsed].filter((id) => !ids.includes(id));
      setCollapsed(new Set(isCollapsed ? [...others, ...ids] : others));
    },
  };
  const target = dragged.spot?.place === 'inside' ? partAt(whole, dragged.spot.path) : undefined;
  return (
    <div {...dragged.area}>
      <QueryBuilder
        query={query}
        onQueryChange={(next) => change(next as RuleGroupType)}
        context={shared}
        combinators={COMBINATORS}
        controlElements={CONTROLS}
        controlClassnames={CLASS_NAMES}
        getRuleGroupClassname={({ id = '' }) => ({
          [classes.collapsed ?? '']: collapsed.has(id),
          [classes.dropInside ?? '']: target !== undefined && id === idOf(target),
        })}
        suppressStandardClassnames
        showNotToggle
        addRuleToNewGroups={false}
        onAddRule={(rule) => ({ ...rule, field: '', operator: '=', value: '' })}
        enableMountQueryChange={false}
        listsAsArrays
      />
      {nothing && (
        <p className={classes.wrong} role="alert">
          {t('rules.nothingToPaste')}
        </p>
      )}
    </div>
  );
}

function idOf(part: Rule | undefined): string | undefined {
  return (part as { id?: string } | undefined)?.id;
}

/** The ids of all groups inside of one. */
function groupIds(group: RuleGroup): string[] {
  return group.rules.flatMap((each) =>
    isGroup(each) ? [idOf(each) ?? '', ...groupIds(each)] : [],
  );
}

function prepare(value: RuleGroup): RuleGroupType {
  return prepareRuleGroup(structuredClone(value) as unknown as RuleGroupType);
}

function Condition({ rule, path, context }: RuleProps) {
  const { scope, replace, counts, arranging, dragged } = context as Shared;
  const id = (rule as { id?: string }).id;
  const { can, onDeed } = arranging(path);
  return (
    <div data-path={JSON.stringify(path)} data-drop={dragged.dropAt(path)} className={classes.part}>
      <RuleRow
        scope={scope}
        rule={rule as unknown as RuleCondition}
        count={counts?.get(pointerOf(path))}
        can={can}
        onDeed={onDeed}
        onChange={(next) => replace(path, { ...next, id } as Rule)}
        onUnfold={() => {
          const unfolded = unfold(scope, rule as unknown as RuleCondition);
          if (unfolded !== undefined) replace(path, unfolded);
        }}
        handle={
          <PartHandle
            part={id}
            isGroup={false}
            onDeed={onDeed}
            onDrag={() => dragged.start(path)}
            onDragEnd={dragged.end}
          />
        }
      />
    </div>
  );
}

function Combinator({ value, handleOnChange, path, context, ruleGroup }: CombinatorSelectorProps) {
  const { counts, collapsed, collapse, dragged, arranging } = context as Shared;
  const count = counts?.get(pointerOf(path));
  const { id = '', rules } = ruleGroup;
  const isCollapsed = collapsed.has(id);
  const Chevron = isCollapsed ? IconChevronRight : IconChevronDown;
  return (
    <>
      {path.length > 0 && (
        <>
          <PartHandle
            part={id}
            isGroup
            onDeed={arranging(path).onDeed}
            onDrag={() => dragged.start(path)}
            onDragEnd={dragged.end}
          />
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-expanded={!isCollapsed}
            aria-label={isCollapsed ? t('rules.expand') : t('rules.collapse')}
            onClick={() => collapse([id], !isCollapsed)}
          >
            <Chevron size={14} />
          </ActionIcon>
        </>
      )}
      {isCollapsed && (
        <span className={classes.muted}>{t('rules.hiddenParts', { n: rules.length })}</span>
      )}
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

function AddGroup({ handleOnClick, path, context, ruleOrGroup }: ActionProps) {
  const { arranging, collapsed, collapse } = context as Shared;
  const group = ruleOrGroup as unknown as RuleGroup;
  const id = idOf(group) ?? '';
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<IconBracketsContain size={13} />}
        onClick={() => handleOnClick()}
      >
        {t('rules.addGroup')}
      </Button>
      <GroupMenu
        {...arranging(path)}
        isWhole={path.length === 0}
        isCollapsed={collapsed.has(id)}
        onCollapse={() => collapse([id], !collapsed.has(id))}
        onCollapseAll={(isCollapsed) => collapse(groupIds(group), isCollapsed)}
      />
    </>
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
