import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useCampaignHeads } from '@/api/documents';
import {
  useCreateFromTemplate,
  useFilledTemplate,
  useTemplate,
  type Chosen,
  type Template,
} from '@/api/library';
import { nameFrom } from '@/ui/names';
import { parameterLabel, templateWords } from '@/features/templates/words';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/templates/templates.module.css';

interface Props {
  template: string;
  onClose: () => void;
}

/** A campaign made of a template: its name, and what is chosen for the parameters. */
export function UseDialog({ template, onClose }: Props) {
  const found = useTemplate(template);
  const title = found.data === undefined ? t('templates.use') : templateWords(found.data).label;
  return (
    <Modal opened onClose={onClose} title={t('templates.useTitle', { name: title })} size={720}>
      {found.isPending && <LoadingRows label={t('templates.loading')} />}
      {found.isError && (
        <ErrorState
          title={t('templates.cannotList')}
          error={found.error}
          onRetry={() => void found.refetch()}
        />
      )}
      {found.isSuccess && <Form template={found.data} onClose={onClose} />}
    </Modal>
  );
}

function Form({ template, onClose }: { template: Template; onClose: () => void }) {
  const words = templateWords(template);
  const taken = useCampaignHeads().data?.map(({ name }) => name) ?? [];
  const [label, setLabel] = useState(words.label);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const navigate = useNavigate();
  const create = useCreateFromTemplate(template.name);
  const name = nameFrom(label, taken);
  const request = { name, label, values };
  const [asked] = useDebouncedValue(request, 250);
  const filled = useFilledTemplate(template.name, asked);
  const chosen = filled.data?.chosen ?? template.chosen;
  const problems = filled.data?.problems.filter(({ code }) => code !== 'to_choose') ?? [];
  const errors = problems.filter(({ severity }) => severity === 'error');
  const open = chosen.filter(({ how }) => how === 'to_choose');

  async function confirm(event: FormEvent) {
    event.preventDefault();
    const { campaign } = await create.mutateAsync(request);
    await navigate({ to: '/campaigns/$name', params: { name: campaign }, search: { edit: 'yes' } });
  }

  return (
    <form onSubmit={(event) => void confirm(event).catch(() => undefined)}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          label={t('create.label')}
          description={t('create.name', { name })}
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <div className={classes.parameters}>
          {chosen.map((each) => (
            <Parameter
              key={each.name}
              chosen={each}
              given={values[each.name]}
              problem={errors.find(({ pointer }) => pointer === `/values/${each.name}`)?.message}
              onChange={(value) => setValues({ ...values, [each.name]: value })}
            />
          ))}
        </div>
        {open.length > 0 && (
          <p className={classes.open} role="status">
            {t('templates.toChoose', {
              n: open.length,
              names: open.map(parameterLabel).join(', '),
            })}
          </p>
        )}
        {errors
          .filter(({ pointer }) => !pointer?.startsWith('/values/'))
          .map(({ message }) => (
            <Alert key={message} color="red" icon={<IconAlertTriangle size={18} />}>
              {sentence(message)}
            </Alert>
          ))}
        {template.checklist.length > 0 && (
          <div>
            <b>{t('templates.checklist')}</b>
            <ul className={classes.checklist}>
              {template.checklist.map((item) => (
                <li key={item}>{item}</li>
              ))}
            </ul>
          </div>
        )}
        {create.error !== null && (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('create.failed')}>
            {sentence(create.error.message)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={open.length > 0 || errors.length > 0 || label.trim() === ''}
          >
            {t('create.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ParameterProps {
  chosen: Chosen;
  /** What was chosen here; `undefined` where nothing was. */
  given: unknown;
  problem: string | undefined;
  onChange: (value: unknown) => void;
}

function Parameter({ chosen, given, problem, onChange }: ParameterProps) {
  const { type, description, how, candidates } = chosen;
  const label = parameterLabel(chosen);
  const value = given === undefined ? chosen.value : given;
  const text = value === null || value === undefined ? '' : String(value);
  const about = {
    label,
    description: description ?? (how === 'only_one' ? t('templates.onlyOne') : undefined),
    error: problem === undefined ? undefined : sentence(problem),
  };
  if (candidates.length > 0) {
    return (
      <Select
        {...about}
        searchable
        allowDeselect={false}
        placeholder={t('templates.choose')}
        value={text === '' ? null : text}
        data={candidates.map((each) => ({
          value: each.value,
          label: each.label === null ? each.value : `${each.label} (${each.value})`,
        }))}
        onChange={(next) => onChange(next)}
      />
    );
  }
  if (type === 'boolean') {
    return (
      <Switch
        label={label}
        checked={value === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    );
  }
  if (type === 'integer' || type === 'number') {
    return (
      <NumberInput
        {...about}
        allowDecimal={type === 'number'}
        value={text}
        onChange={(next) => onChange(next === '' ? null : next)}
      />
    );
  }
  const kind = type === 'date' ? 'date' : type === 'timestamp' ? 'datetime-local' : 'text';
  return (
    <TextInput
      {...about}
      type={kind}
      value={text}
      placeholder={t('templates.choose')}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? null : currentTarget.value)
      }
    />
  );
}
