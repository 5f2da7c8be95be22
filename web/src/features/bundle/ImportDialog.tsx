import { Alert, Button, FileInput, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconFileImport } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import {
  useImportBundle,
  useImportReport,
  type BundleLine,
  type BundleReport,
  type ClashRule,
} from '@/api/library';
import { t, tMaybe } from '@/i18n';
import { sentence } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/bundle/bundle.module.css';
import ui from '@/ui/ui.module.css';

type Choices = Record<string, ClashRule>;

/** Takes in what an export gave: what is in it, what is here already, and a choice for what differs. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [choices, setChoices] = useState<Choices>({});
  const navigate = useNavigate();
  const request = {
    text,
    choices: Object.entries(choices).map(([key, choice]) => {
      const [kind = '', name = ''] = key.split('/');
      return { kind, name, choice };
    }),
  };
  const report = useImportReport(request);
  const work = useImportBundle();
  const open = report.data?.documents.filter(({ takes }) => takes === null).length ?? 0;
  const errors =
    report.data?.problems.filter(
      ({ severity, code }) => severity === 'error' && code !== 'to_choose',
    ) ?? [];

  async function read(file: File | null) {
    setChoices({});
    setText(file === null ? '' : await file.text());
  }

  async function confirm() {
    const done = await work.mutateAsync(request);
    const campaign = done.documents.find(
      ({ kind, takes }) => kind === 'campaign' && takes !== 'ours',
    );
    onClose();
    if (campaign !== undefined) {
      await navigate({ to: '/campaigns/$name', params: { name: campaign.new_name } });
    }
  }

  return (
    <Modal opened onClose={onClose} title={t('bundle.importTitle')} size={760}>
      <Stack gap="md">
        <FileInput
          data-autofocus
          clearable
          clearButtonProps={{ 'aria-label': t('search.clear') }}
          label={t('bundle.file')}
          description={t('bundle.importText')}
          placeholder={t('bundle.chooseFile')}
          accept=".yaml,.yml,.json"
          leftSection={<IconFileImport size={16} />}
          onChange={(file) => void read(file)}
        />
        {text !== '' && report.isPending && <LoadingRows label={t('bundle.looking')} />}
        {report.isError && <ErrorState title={t('bundle.cannotImport')} error={report.error} />}
        {report.data !== undefined && !report.isError && (
          <Report
            report={report.data}
            choices={choices}
            onChoice={(key, choice) => setChoices({ ...choices, [key]: choice })}
          />
        )}
        {errors.map(({ message }) => (
          <Alert key={message} color="red" icon={<IconAlertTriangle size={18} />}>
            {sentence(message)}
          </Alert>
        ))}
        {work.error !== null && (
          <Alert
            color="red"
            icon={<IconAlertTriangle size={18} />}
            title={t('bundle.cannotImport')}
          >
            {sentence(work.error.message)}
          </Alert>
        )}
        <Group justify="flex-end">
          {open > 0 && (
            <Text size="sm" role="status">
              {t('bundle.toChoose', { n: open })}
            </Text>
          )}
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={work.isPending}
            disabled={report.data === undefined || open > 0 || errors.length > 0}
            onClick={() => void confirm().catch(() => undefined)}
          >
            {t('bundle.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface ReportProps {
  report: BundleReport;
  choices: Choices;
  onChoice: (key: string, choice: ClashRule) => void;
}

function Report({ report, choices, onChoice }: ReportProps) {
  return (
    <>
      <div
        className={`${ui.scroll} ${classes.inside}`}
        tabIndex={0}
        role="region"
        aria-label={t('bundle.documents')}
      >
        <table className={ui.table} data-dense aria-label={t('bundle.documents')}>
          <thead>
            <tr>
              <th scope="col">{t('bundle.document')}</th>
              <th scope="col">{t('bundle.here')}</th>
              <th scope="col">{t('bundle.choice')}</th>
            </tr>
          </thead>
          <tbody>
            {report.documents.map((line) => (
              <Line
                key={`${line.kind}/${line.name}`}
                line={line}
                choice={choices[`${line.kind}/${line.name}`]}
                onChoice={(choice) => onChoice(`${line.kind}/${line.name}`, choice)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {report.missing.map(({ kind, name, needed_by }) => (
        <Alert
          key={`${kind}/${name}/${needed_by}`}
          color="yellow"
          icon={<IconAlertTriangle size={18} />}
        >
          {t('bundle.missing', { kind: kindWords(kind), name, by: needed_by })}
        </Alert>
      ))}
      {report.environment.length > 0 && (
        <Text size="sm">{t('bundle.environment', { names: report.environment.join(', ') })}</Text>
      )}
    </>
  );
}

const TONES = { new: 'good', same: 'neutral', differs: 'warn' } as const;

interface LineProps {
  line: BundleLine;
  choice: ClashRule | undefined;
  onChoice: (choice: ClashRule) => void;
}

function Line({ line, choice, onChoice }: LineProps) {
  const { kind, name, state, new_name, differences } = line;
  const paths = differences.slice(0, 4).map(({ path }) => path);
  const renamed = new_name === name ? `${name}_2` : new_name;
  return (
    <tr className={ui.row}>
      <td>
        <span className={classes.kind}>{kindWords(kind)}</span> {name}
        {paths.length > 0 && <div className={classes.paths}>{paths.join(', ')}</div>}
      </td>
      <td>
        <Pill tone={TONES[state]}>{t(`bundle.${state}`)}</Pill>
      </td>
      <td>
        {state === 'differs' && (
          <Select
            size="xs"
            w={190}
            aria-label={t('bundle.choiceOf', { name: `${kindWords(kind)} ${name}` })}
            placeholder={t('templates.choose')}
            allowDeselect={false}
            value={choice ?? null}
            onChange={(next) => onChoice(next as ClashRule)}
            data={[
              { value: 'keep', label: t('bundle.keep') },
              { value: 'take', label: t('bundle.take') },
              { value: 'rename', label: t('bundle.rename', { name: renamed }) },
            ]}
          />
        )}
      </td>
    </tr>
  );
}

function kindWords(kind: string): string {
  return tMaybe('documentKind', kind) ?? kind;
}
