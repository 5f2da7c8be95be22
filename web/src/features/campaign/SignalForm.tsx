import { Alert, Button, CopyButton, Fieldset, Group, Stack, TextInput } from '@mantine/core';
import { IconBolt, IconCheck, IconCopy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useSignal } from '@/api/lifecycle';
import type { Campaign, SignalAnswer } from '@/api/types';
import { curlOf, signalOf } from '@/features/campaign/signal';
import { skippedWords } from '@/features/common/launches';
import { missing, variablesOf } from '@/features/common/launching';
import { VariableFields } from '@/features/common/VariableFields';
import { sentence } from '@/ui/format';
import common from '@/features/common/common.module.css';
import classes from '@/features/campaign/comments.module.css';
import { t } from '@/i18n';

/** A signal by hand, with values of the parameters, and the request that a program sends for the same. */
export function SignalForm({ campaign }: { campaign: Campaign }) {
  const { document, state } = campaign;
  const [given, setGiven] = useState<Record<string, string>>({});
  const [key, setKey] = useState('');
  const signal = useSignal(document.name);
  const variables = variablesOf(document);
  const request = signalOf(variables, given, key);
  const open = missing(variables, given, 'live');
  const takes = state === 'live';
  return (
    <Fieldset legend={t('signal.title')} radius="md">
      <Stack gap="sm">
        <VariableFields variables={variables} mode="live" given={given} onChange={setGiven} />
        <TextInput
          size="sm"
          label={t('signal.key')}
          description={t('signal.keyHelp')}
          value={key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <div>
          <b className={classes.requestTitle}>{t('signal.request')}</b>
          <pre className={classes.request}>{curlOf(location.origin, document.name, request)}</pre>
        </div>
        {!takes && <p className={classes.none}>{t('signal.notLive')}</p>}
        {signal.error !== null && (
          <Alert title={t('signal.refused')}>{sentence(signal.error.message)}</Alert>
        )}
        {signal.data !== undefined && <Answer answer={signal.data} />}
        <Group gap={8}>
          <Button
            size="xs"
            leftSection={<IconBolt size={14} />}
            disabled={!takes || open.length > 0}
            loading={signal.isPending}
            onClick={() => signal.mutate(request)}
          >
            {t('signal.send')}
          </Button>
          <CopyButton value={curlOf(location.origin, document.name, request)}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                onClick={copy}
              >
                {copied ? t('run.copied') : t('signal.copy')}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function Answer({ answer }: { answer: SignalAnswer }) {
  const { state, reason, run } = answer;
  const why = reason === null ? '' : ` · ${skippedWords(reason)}`;
  return (
    <p className={classes.none} role="status">
      {t(`launches.${state}`)}
      {why}{' '}
      {run !== null && (
        <Link to="/runs/$run" params={{ run }} className={common.showRows}>
          {t('calendar.openRun')}
        </Link>
      )}
    </p>
  );
}
