import {
  ActionIcon,
  Button,
  ColorInput,
  Group,
  Select,
  Stack,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconBraces,
  IconCopy,
  IconCornerLeftUp,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { conditionOf, setCondition } from '@/mail/designer/condition';
import { componentName } from '@/mail/designer/names';
import { propertiesOf, type Property } from '@/mail/designer/properties';
import { JINJA, type DesignerComponent, type DesignerEditor } from '@/mail/designer/setup';
import { t } from '@/i18n';
import classes from '@/mail/designer/designer.module.css';

const FONTS = [
  'Helvetica, Arial, sans-serif',
  'Georgia, serif',
  'Verdana, Geneva, sans-serif',
  '"Trebuchet MS", Helvetica, sans-serif',
  'Courier New, Courier, monospace',
];
const WEIGHTS = ['300', '400', '500', '600', '700'];
const SWATCHES = [
  '#1d1f23',
  '#5c6067',
  '#ffffff',
  '#f4f2ed',
  '#1b6771',
  '#a52f5c',
  '#22663a',
  '#2a5c9a',
  '#7d5000',
];

interface Props {
  editor: DesignerEditor;
  component: DesignerComponent | undefined;
  onInsertField: (insert: (text: string) => void) => void;
}

/** What is selected: moved, copied, removed, and how it looks. */
export function PropertyPanel({ editor, component, onInsertField }: Props) {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (component === undefined) return undefined;
    const changed = () => redraw((times) => times + 1);
    component.on('change:attributes change:content', changed);
    return () => {
      component.off('change:attributes change:content', changed);
    };
  }, [component]);
  if (component === undefined) {
    return <p className={classes.nothing}>{t('designer.nothingSelected')}</p>;
  }
  const type = String(component.get('type'));
  const isBody = type === 'mj-body';
  return (
    <Stack gap={10}>
      <div>
        <h2 className={classes.sideTitle}>{componentName(type)}</h2>
        {!isBody && <Actions editor={editor} component={component} />}
      </div>
      {['mj-text', 'mj-button', 'mj-navbar-link'].includes(type) && (
        <Words component={component} onInsertField={onInsertField} />
      )}
      {propertiesOf(type).map((property) => (
        <Field
          key={property.name}
          property={property}
          value={String(component.getAttributes()[property.name] ?? '')}
          onChange={(value) => set(component, property.name, value)}
        />
      ))}
      {!isBody && type !== JINJA && <Condition component={component} />}
    </Stack>
  );
}

function set(component: DesignerComponent, name: string, value: string): void {
  if (value === '') component.removeAttributes(name);
  else component.addAttributes({ [name]: value });
}

function Actions({ editor, component }: { editor: DesignerEditor; component: DesignerComponent }) {
  const parent = component.parent();
  const at = component.index();
  const last = (parent?.components().length ?? 1) - 1;
  const move = (to: number) => {
    if (parent === undefined) return;
    component.move(parent, { at: to });
    editor.select(component);
  };
  const action = (label: string, ActionIconOf: Icon, run: () => void, disabled = false) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        disabled={disabled}
        onClick={run}
      >
        <ActionIconOf size={17} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Group gap={2} role="group" aria-label={t('designer.actions')}>
      {action(t('designer.outer'), IconCornerLeftUp, () => editor.select(parent))}
      {action(t('designer.up'), IconArrowUp, () => move(at - 1), at === 0)}
      {action(t('designer.down'), IconArrowDown, () => move(at + 2), at >= last)}
      {action(t('designer.duplicate'), IconCopy, () => {
        const [copy] = parent?.append(component.clone(), { at: at + 1 }) ?? [];
        if (copy !== undefined) editor.select(copy);
      })}
      {action(t('designer.remove'), IconTrash, () => {
        component.remove();
        editor.select(parent);
      })}
    </Group>
  );
}

/** The words of a component, for those who do not write on the message itself. */
function Words({
  component,
  onInsertField,
}: Pick<Props, 'onInsertField'> & { component: DesignerComponent }) {
  const [written, setWritten] = useState<string>();
  const inside = component.getInnerHTML();
  const take = (text: string) => {
    setWritten(undefined);
    if (text !== inside) component.components(text);
  };
  return (
    <div>
      <Textarea
        size="xs"
        label={t('designer.words')}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        value={written ?? inside}
        onChange={({ currentTarget }) => setWritten(currentTarget.value)}
        onBlur={() => written !== undefined && take(written)}
      />
      <Button
        mt={4}
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<IconBraces size={13} />}
        onClick={() => onInsertField((text) => take(`${written ?? inside}${text}`))}
      >
        {t('email.insert')}
      </Button>
    </div>
  );
}

function Field({
  property,
  value,
  onChange,
}: {
  property: Property;
  value: string;
  onChange: (value: string) => void;
}) {
  const shared = { size: 'xs' as const, label: t(property.label) };
  const choice = (data: { value: string; label: string }[] | string[]) => (
    <Select
      {...shared}
      clearable
      data={data}
      placeholder={property.usual}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
    />
  );
  switch (property.kind) {
    case 'colour':
      return (
        <ColorInput
          {...shared}
          swatches={SWATCHES}
          swatchesPerRow={9}
          placeholder={property.usual ?? t('designer.none')}
          value={value}
          onChange={onChange}
          popoverProps={{ withinPortal: true }}
          eyeDropperButtonProps={{ 'aria-label': t('designer.pickColour') }}
        />
      );
    case 'align':
      return choice(
        ['left', 'center', 'right'].map((side) => ({
          value: side,
          label: t(`designer.align.${side as 'left'}`),
        })),
      );
    case 'vertical':
      return choice(
        ['top', 'middle', 'bottom'].map((side) => ({
          value: side,
          label: t(`designer.vertical.${side as 'top'}`),
        })),
      );
    case 'font':
      return choice([...new Set([...FONTS, ...(value === '' ? [] : [value])])]);
    case 'weight':
      return choice([...new Set([...WEIGHTS, ...(value === '' ? [] : [value])])]);
    default:
      return (
        <Settled
          label={t(property.label)}
          placeholder={property.usual ?? (property.kind === 'address' ? 'https://' : '')}
          value={value}
          onChange={onChange}
        />
      );
  }
}

/** A line that takes effect when it is left, so that a half-typed size does not make the message jump. */
function Settled({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useState<string>();
  const take = () => {
    if (typed !== undefined && typed !== value) onChange(typed.trim());
    setTyped(undefined);
  };
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={typed ?? value}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={take}
      onKeyDown={({ key }) => key === 'Enter' && take()}
    />
  );
}

function Condition({ component }: { component: DesignerComponent }) {
  return (
    <div className={classes.condition}>
      <Settled
        label={t('designer.condition')}
        placeholder="tier == 'gold'"
        value={conditionOf(component)}
        onChange={(condition) => setCondition(component, condition)}
      />
      <p className={classes.help}>{t('designer.conditionHelp')}</p>
    </div>
  );
}
