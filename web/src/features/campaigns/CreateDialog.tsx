import { Alert, Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { applyDocuments, useDimensions, useDocuments } from '@/api/documents';
import { starterCampaign, STARTERS, type Starter } from '@/features/campaigns/starters';
import { nameFrom } from '@/ui/names';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/campaigns/campaigns.module.css';

/** A new campaign: its name, and what it starts with. */
export function CreateDialog({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const [label, setLabel] = useState('');
  const [starter, setStarter] = useState<Starter>('blank');
  const [chosen, setChosen] = useState<string>();
  const [error, setError] = useState<string>();
  const dimensions = useDimensions();
  const channels = useDocuments('channel').data ?? [];
  const navigate = useNavigate();
  const dimension = chosen ?? dimensions[0]?.name;
  const title = label.trim() === '' ? t('create.untitled') : label.trim();
  const name = nameFrom(title, taken);

  async function create(event: FormEvent) {
    event.preventDefault();
    if (dimension === undefined) return;
    setError(undefined);
    const document = starterCampaign(starter, name, title, {
      dimension,
      channel: channels[0]?.name,
      words: {
        everyone: t('starter.everyone'),
        without: t('starter.without'),
        target: t('starter.target'),
        mail: t('starter.mail'),
        mailA: t('starter.mailA'),
        mailB: t('starter.mailB'),
        split: t('starter.split'),
        unique: t('starter.unique'),
        end: t('starter.end'),
      },
    });
    try {
      await applyDocuments([document]);
      await navigate({ to: '/campaigns/$name', params: { name }, search: { edit: 'yes' } });
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  }

  return (
    <Modal opened onClose={onClose} title={t('create.title')} size={560}>
      <form onSubmit={(event) => void create(event)}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label={t('create.label')}
            description={t('create.name', { name })}
            placeholder={t('create.untitled')}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          {dimensions.length > 1 && (
            <Select
              label={t('create.dimension')}
              allowDeselect={false}
              data={dimensions.map((each) => ({
                value: each.name,
                label: each.label ?? each.name,
              }))}
              value={dimension ?? null}
              onChange={(next) => setChosen(next ?? undefined)}
            />
          )}
          <Radio.Group
            label={t('create.starter')}
            value={starter}
            onChange={(next) => setStarter(next as Starter)}
          >
            <div className={classes.starters}>
              {STARTERS.map((each) => (
                <Radio.Card
                  key={each}
                  value={each}
                  className={classes.starter}
                  disabled={each !== 'blank' && channels.length === 0}
                >
                  <b>{t(`create.starter.${each}`)}</b>
                  <span>{t(`create.starterText.${each}`)}</span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          {dimensions.length === 0 && (
            <p className={classes.description}>{t('create.noDimension')}</p>
          )}
          {error !== undefined && (
            <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('create.failed')}>
              {sentence(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={dimension === undefined}>
              {t('create.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
