import { Button, Group, Modal, Text, UnstyledButton } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import {
  restoreContent,
  useContentVersion,
  useContentVersions,
  useRendered,
  type ContentDocument,
} from '@/api/contents';
import { changedFields } from '@/features/contents/merge';
import type { ContentEditor } from '@/features/contents/useContentEditor';
import { fragmentAsContent } from '@/mail/fragment';
import { t, tMaybe } from '@/i18n';
import { formatTime, sentence } from '@/ui/format';
import { HtmlFrame } from '@/ui/HtmlFrame';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/contents/contents.module.css';

/** The versions of a content, each as it looked, and going back to one. */
export function VersionsDialog({
  editor,
  onClose,
}: {
  editor: ContentEditor;
  onClose: () => void;
}) {
  const { kind, name } = editor.document;
  const versions = useContentVersions(kind, name);
  const [chosen, setChosen] = useState<number>();
  const [error, setError] = useState<string>();
  const shown = chosen ?? versions.data?.[0]?.version;
  const document = useContentVersion(kind, name, shown);
  const newest = versions.data?.find((each) => each.newest)?.version;
  const restore = async () => {
    if (shown === undefined) return;
    setError(undefined);
    try {
      await restoreContent(kind, name, shown);
      await editor.discard();
      onClose();
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <Modal opened onClose={onClose} title={t('contents.versions')} size={980}>
      {versions.isPending && <LoadingRows label={t('common.loading')} />}
      {versions.isError && <ErrorState title={t('contents.cannotList')} error={versions.error} />}
      {versions.data !== undefined && (
        <div className={classes.versions}>
          <ol className={classes.versionList}>
            {versions.data
              .filter(({ deleted }) => !deleted)
              .map(({ version, written_at, newest: isNewest }) => (
                <li key={version}>
                  <UnstyledButton
                    className={classes.version}
                    aria-current={version === shown}
                    onClick={() => setChosen(version)}
                  >
                    {t('contents.version', { n: version })}
                    {isNewest && ` · ${t('contents.newest')}`}
                    <small>{formatTime(written_at)}</small>
                  </UnstyledButton>
                </li>
              ))}
          </ol>
          <div className={classes.versionView}>
            {document.data !== undefined && <Look document={document.data} now={editor.document} />}
            {error !== undefined && (
              <Text c="red" size="sm" role="alert">
                {sentence(error)}
              </Text>
            )}
            <Group justify="flex-end">
              <Button
                leftSection={<IconHistory size={16} />}
                disabled={shown === undefined || shown === newest}
                onClick={() => void restore()}
              >
                {t('contents.restore')}
              </Button>
            </Group>
          </div>
        </div>
      )}
    </Modal>
  );
}

/** A version as it looked, and in what it differs from what is shown. */
function Look({ document, now }: { document: ContentDocument; now: ContentDocument }) {
  const asContent = document.kind === 'fragment' ? fragmentAsContent(document) : document;
  const rendered = useRendered(
    { document: asContent, rows: { dimension: document.dimension }, offset: 0 },
    document.dimension !== undefined,
  );
  const fields = changedFields(document, now);
  const html = rendered.data?.rows[0]?.html ?? document.html ?? '';
  return (
    <>
      <Text size="sm">
        <b>{document.subject}</b>
        <br />
        {fields.length === 0
          ? t('contents.same')
          : t('contents.differs', {
              fields: fields.map((field) => tMaybe('email', field) ?? field).join(', '),
            })}
      </Text>
      <div className={classes.versionFrame}>
        <HtmlFrame
          images
          html={html}
          title={t('preview.of', { subject: document.subject ?? '' })}
        />
      </div>
    </>
  );
}
