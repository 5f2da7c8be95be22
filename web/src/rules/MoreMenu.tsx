import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { RuleCondition, RuleValueSource } from '@/api/types';
import { t } from '@/i18n';
import type { Deed } from '@/rules/arrange';
import { emptyGroup, formOf, onAggregate, togglePick } from '@/rules/edit';
import { ArrangeItems, Keyed } from '@/rules/GroupMenu';
import type { RowProps, RuleActions } from '@/rules/RuleRow';
import { manyLinks } from '@/rules/scope';

const SOURCES: RuleValueSource[] = ['value', 'field', 'expression', 'variable', 'aggregate'];
const DEEDS: Deed[] = ['up', 'down', 'in', 'out', 'wrap', 'duplicate'];

/** What is seldom wanted of a condition. */
export function MoreMenu(props: RowProps & RuleActions) {
  const { scope, rule, onChange, can, onDeed, onUnfold } = props;
  const form = formOf(rule);
  const linked = form === 'related' || form === 'aggregate';
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('rules.more')}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(form === 'condition' || form === 'expression' || form === 'aggregate') && (
          <Comparing {...props} />
        )}
        {form === 'aggregate' && (
          <Menu.Item onClick={() => onChange(toggleWhere(rule))}>
            {rule.where === undefined ? t('rules.addWhere') : t('rules.removeWhere')}
          </Menu.Item>
        )}
        {linked && (
          <Menu.Item onClick={() => onChange(togglePick(scope, rule))}>
            {rule.pick === undefined ? t('rules.addPick') : t('rules.removePick')}
          </Menu.Item>
        )}
        {form === 'filter' && <Menu.Item onClick={onUnfold}>{t('rules.unfold')}</Menu.Item>}
        <Menu.Divider />
        <ArrangeItems deeds={DEEDS} can={can} onDeed={onDeed} />
        <Keyed deed="copy" isShown onDeed={onDeed} />
        <Keyed deed="paste" isShown onDeed={onDeed} />
        <Keyed deed="remove" isShown onDeed={onDeed} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** What a condition is compared with, and whether case matters. */
function Comparing({ scope, rule, onChange }: RowProps) {
  const { caseSensitive: exact = false, valueSource = 'value' } = rule;
  const sources = SOURCES.filter((source) => {
    if (source === 'variable') return Object.keys(scope.setting.variables ?? {}).length > 0;
    return source !== 'aggregate' || manyLinks(scope).length > 0;
  });
  return (
    <>
      <Menu.Label>{t('rules.compareWith')}</Menu.Label>
      {sources.map((source) => (
        <Menu.Item
          key={source}
          disabled={source === valueSource}
          onClick={() => onChange(withSource(scope, rule, source))}
        >
          {t(`rules.source.${source}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item
        onClick={() => {
          const { caseSensitive: _former, ...rest } = rule;
          onChange(exact ? rest : { ...rest, caseSensitive: true });
        }}
      >
        {exact ? t('rules.ignoreCase') : t('rules.matchCase')}
      </Menu.Item>
    </>
  );
}

function withSource(
  scope: RowProps['scope'],
  rule: RuleCondition,
  source: RuleValueSource,
): RuleCondition {
  const { valueSource: _former, ...rest } = rule;
  if (source === 'value') return { ...rest, value: '' };
  if (source === 'aggregate') {
    const { field, aggregate } = onAggregate(manyLinks(scope)[0]?.name ?? '');
    return { ...rest, value: { field, aggregate }, valueSource: source };
  }
  return { ...rest, value: '', valueSource: source };
}

function toggleWhere(rule: RuleCondition): RuleCondition {
  const { where, ...rest } = rule;
  return where === undefined ? { ...rest, where: emptyGroup() } : rest;
}
