import { Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { applyDocuments, refreshCampaigns, useDimensions, useDocuments } from '@/api/documents';
import { CreateFrame } from '@/features/common/CreateFrame';
import { starterCampaign, STARTERS, type Starter } from '@/features/campaigns/starters';
import { nameFrom } from '@/ui/names';
import { t } from '@/i18n';
import classes from '@/features/campaigns/campaigns.module.css';

/** A new campaign: its name, and what it starts with. */
export function CreateDialog({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const [label, setLabel] = useState('');
  const [starter, setStarter] = useState<Starter>('blank');
  const [chosen, setChosen] = useState<string>();
  const dimensions = useDimensions();
  const channels = useDocuments('channel').data ?? [];
  const navigate = useNavigate();
  const client = useQueryClient();
  const dimension = chosen ?? dimensions[0]?.name;
  const title = label.trim() === '' ? t('create.untitled') : label.trim();
  const name = nameFrom(title, taken);

  async function create() {
    if (dimension === undefined) return;
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
    await applyDocuments([document]);
    void refreshCampaigns(client);
    await navigate({ to: '/campaigns/$name', params: { name }, search: { edit: 'yes' } });
  }

  return (
    <CreateFrame
      title={t('create.title')}
      size={560}
      label={label}
      untitled={t('create.untitled')}
      name={name}
      onLabel={setLabel}
      beside={
        dimensions.length > 1 && (
          <Select
            label={t('create.dimension')}
            description={t('create.dimensionHelp')}
            allowDeselect={false}
            data={dimensions.map((each) => ({ value: each.name, label: each.label ?? each.name }))}
            value={dimension ?? null}
            onChange={(next) => setChosen(next ?? undefined)}
          />
        )
      }
      starts={STARTERS.map((id) => ({
        id,
        title: t(`create.starter.${id}`),
        text: t(`create.starterText.${id}`),
        disabled: id !== 'blank' && channels.length === 0,
      }))}
      start={starter}
      onStart={setStarter}
      classes={{ starts: classes.starters, start: classes.starter }}
      failed={t('create.failed')}
      disabled={dimension === undefined}
      onCreate={create}
      onClose={onClose}
    >
      {dimensions.length === 0 && <p className={classes.description}>{t('create.noDimension')}</p>}
    </CreateFrame>
  );
}
