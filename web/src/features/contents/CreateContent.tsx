import { Alert, Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useForgetContents, type ContentDocument, type ContentListed } from '@/api/contents';
import { applyDocuments, useDimensions } from '@/api/documents';
import { usePersonalization } from '@/api/contents';
import { nameFrom } from '@/ui/names';
import { DesignThumb } from '@/mail/DesignThumb';
import { designMessage, DESIGNS, greeting, type Design } from '@/mail/designs';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/contents/contents.module.css';

type Start = Design | 'html' | 'fragment';

/** A new content: its name, whom it is for, and what it starts with. */
export function CreateContent({ taken, onClose }: { taken: ContentListed[]; onClose: () => void }) {
  const [label, setLabel] = useState('');
  const [start, setStart] = useState<Start>('newsletter');
  const [chosen, setChosen] = useState<string>();
  const [error, setError] = useState<string>();
  const dimensions = useDimensions();
  const navigate = useNavigate();
  const forget = useForgetContents();
  const dimension = chosen ?? dimensions[0]?.name;
  const fields = usePersonalization({ dimension }, dimension !== undefined).data?.fields ?? [];
  const title = label.trim() === '' ? t('contents.untitled') : label.trim();
  const kind = start === 'fragment' ? 'fragment' : 'content';
  const name = nameFrom(
    title,
    taken.filter((each) => each.kind === kind).map((each) => each.name),
  );

  async function create(event: FormEvent) {
    event.preventDefault();
    setError(undefined);
    const document: ContentDocument = {
      kind,
      name,
      label: title,
      ...(kind === 'content' && dimension !== undefined && { dimension }),
      ...firstMessage(start, greeting(fields.map(({ path }) => path))),
    };
    try {
      await applyDocuments([document]);
      await forget();
      await navigate({ to: '/contents/$kind/$name', params: { kind, name } });
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  }

  return (
    <Modal opened onClose={onClose} title={t('contents.new')} size={720}>
      <form onSubmit={(event) => void create(event)}>
        <Stack gap="md">
          <Group grow align="flex-start">
            <TextInput
              data-autofocus
              label={t('create.label')}
              description={t('create.name', { name })}
              placeholder={t('contents.untitled')}
              value={label}
              onChange={({ currentTarget }) => setLabel(currentTarget.value)}
            />
            {dimensions.length > 0 && start !== 'fragment' && (
              <Select
                label={t('contents.for')}
                description={t('contents.forHelp')}
                allowDeselect={false}
                data={dimensions.map((each) => ({
                  value: each.name,
                  label: each.label ?? each.name,
                }))}
                value={dimension ?? null}
                onChange={(next) => setChosen(next ?? undefined)}
              />
            )}
          </Group>
          <Radio.Group
            label={t('create.starter')}
            value={start}
            onChange={(next) => setStart(next as Start)}
          >
            <div className={classes.starts}>
              {[...DESIGNS, 'html' as const, 'fragment' as const].map((each) => (
                <Radio.Card key={each} value={each} className={classes.start}>
                  <DesignThumb design={each} />
                  <b>{t(`contents.start.${each}`)}</b>
                  <span>{t(`contents.startText.${each}`)}</span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          {error !== undefined && (
            <Alert
              color="red"
              icon={<IconAlertTriangle size={18} />}
              title={t('contents.createFailed')}
            >
              {sentence(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit">{t('create.create')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function firstMessage(start: Start, name: string) {
  if (start === 'fragment') return { html: `<p>${t('contents.fragmentWords')}</p>\n` };
  if (start === 'html') {
    return {
      subject: t('contents.untitled'),
      html: `<p>${t('contents.hello', { name })}</p>\n<p><a href="{{ unsubscribe_url }}">${t('design.unsubscribe')}</a></p>\n`,
    };
  }
  return designMessage(start, name);
}
