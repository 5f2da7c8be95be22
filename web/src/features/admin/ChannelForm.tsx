import { Fieldset, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { partAt, saidIn, withPart, type Path } from '@/features/common/documentText';
import { Unreadable } from '@/features/admin/Unreadable';
import { t } from '@/i18n';

interface Props {
  text: string;
  onChange: (text: string) => void;
}

/** How a channel sends, field by field; what is left out has its default. */
export function ChannelForm({ text, onChange }: Props) {
  const said = saidIn(text);
  if (said === undefined) return <Unreadable />;
  const at = (path: Path) => partAt(said, path);
  const put = (path: Path, value: unknown) => onChange(withPart(text, path, value));
  const words = (path: Path, label: string, help?: string, required = false) => (
    <TextInput
      label={label}
      description={help}
      required={required}
      value={String(at(path) ?? '')}
      onChange={({ currentTarget: { value } }) => put(path, value === '' ? undefined : value)}
    />
  );
  const choice = (path: Path, label: string, standard: string, data: [string, string][]) => (
    <Select
      label={label}
      allowDeselect={false}
      value={String(at(path) ?? standard)}
      onChange={(next) => put(path, next ?? undefined)}
      data={data.map(([value, each]) => ({ value, label: each }))}
    />
  );
  const amount = (path: Path, label: string, standard: number, min: number, max: number) => (
    <NumberInput
      label={label}
      min={min}
      max={max}
      placeholder={String(standard)}
      value={Number(at(path) ?? Number.NaN) || ''}
      onChange={(next) => put(path, next === '' ? undefined : Number(next))}
    />
  );
  const onOff = (path: Path, label: string) => (
    <Switch
      label={label}
      checked={at(path) !== false}
      onChange={({ currentTarget: { checked } }) => put(path, checked)}
    />
  );
  return (
    <Stack gap="sm">
      <SimpleGrid cols={2}>
        {words(['name'], t('admin.id'), t('data.nameHelp'), true)}
        {words(['label'], t('word.name'))}
        {choice(['category'], t('channel.category'), '', [
          ['marketing', t('channel.marketing')],
          ['transactional', t('channel.transactional')],
        ])}
        {choice(['unsubscribe'], t('channel.unsubscribe'), 'one-click', [
          ['one-click', t('channel.oneClick')],
          ['off', t('channel.off')],
        ])}
      </SimpleGrid>
      <Fieldset legend={t('channel.from')}>
        <SimpleGrid cols={2}>
          {words(['from', 'name'], t('word.name'))}
          {words(['from', 'address'], t('word.address'), undefined, true)}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('channel.server')}>
        <SimpleGrid cols={3}>
          {words(['smtp', 'host'], t('channel.host'), undefined, true)}
          {amount(['smtp', 'port'], t('channel.port'), 587, 1, 65_535)}
          {choice(['smtp', 'tls'], t('channel.tls'), 'starttls', [
            ['starttls', 'STARTTLS'],
            ['implicit', t('channel.implicit')],
            ['none', t('channel.noTls')],
          ])}
          {words(['smtp', 'username'], t('channel.username'))}
          {words(['smtp', 'password_env'], t('channel.password'))}
          {amount(['smtp', 'connections'], t('channel.connections'), 20, 1, 500)}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('channel.recorded')}>
        <Stack gap="xs">
          {onOff(['tracking', 'opens'], t('channel.opens'))}
          {onOff(['tracking', 'clicks'], t('channel.clicks'))}
        </Stack>
      </Fieldset>
    </Stack>
  );
}
