import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import {
  useForgetContents,
  usePersonalization,
  type ContentDocument,
  type ContentListed,
} from '@/api/contents';
import { applyDocuments, useDimensions } from '@/api/documents';
import { CreateFrame } from '@/features/common/CreateFrame';
import { nameFrom } from '@/ui/names';
import { DesignThumb } from '@/mail/DesignThumb';
import { designMessage, DESIGNS, greeting } from '@/mail/designs';
import { t } from '@/i18n';
import classes from '@/features/contents/contents.module.css';

const STARTS = [...DESIGNS, 'html', 'fragment'] as const;
type Start = (typeof STARTS)[number];

/** A new content: its name, whom it is for, and what it starts with. */
export function CreateContent({ taken, onClose }: { taken: ContentListed[]; onClose: () => void }) {
  const [label, setLabel] = useState('');
  const [start, setStart] = useState<Start>('newsletter');
  const [chosen, setChosen] = useState<string>();
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

  async function create() {
    const document: ContentDocument = {
      kind,
      name,
      label: title,
      ...(kind === 'content' && dimension !== undefined && { dimension }),
      ...firstMessage(start, greeting(fields.map(({ path }) => path))),
    };
    await applyDocuments([document]);
    await forget();
    await navigate({ to: '/contents/$kind/$name', params: { kind, name } });
  }

  return (
    <CreateFrame
      title={t('contents.new')}
      size={720}
      label={label}
      untitled={t('contents.untitled')}
      name={name}
      onLabel={setLabel}
      beside={
        dimensions.length > 0 &&
        start !== 'fragment' && (
          <Select
            label={t('contents.for')}
            description={t('contents.forHelp')}
            allowDeselect={false}
            data={dimensions.map((each) => ({ value: each.name, label: each.label ?? each.name }))}
            value={dimension ?? null}
            onChange={(next) => setChosen(next ?? undefined)}
          />
        )
      }
      starts={STARTS.map((id) => ({
        id,
        title: t(`contents.start.${id}`),
        text: t(`contents.startText.${id}`),
        picture: <DesignThumb design={id} />,
      }))}
      start={start}
      onStart={setStart}
      classes={{ starts: classes.starts, start: classes.start }}
      failed={t('contents.createFailed')}
      onCreate={create}
      onClose={onClose}
    />
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
