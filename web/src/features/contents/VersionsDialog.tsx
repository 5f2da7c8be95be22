import { Modal, Text } from '@mantine/core';
import { useState } from 'react';
import {
  restoreContent,
  useContentVersion,
  useContentVersions,
  useRendered,
  type ContentDocument,
} from '@/api/contents';
import { VersionsFrame } from '@/features/common/VersionsFrame';
import { changedFields } from '@/features/contents/merge';
import type { ContentEditor } from '@/features/contents/useContentEditor';
import { fragmentAsContent } from '@/mail/fragment';
import { t, tMaybe } from '@/i18n';
import { HtmlFrame } from '@/ui/HtmlFrame';
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
  const shown = chosen ?? versions.data?.[0]?.version;
  const document = useContentVersion(kind, name, shown);
  return (
    <Modal opened onClose={onClose} title={t('contents.versions')} size={980}>
      <VersionsFrame
        versions={versions}
        shown={shown}
        onChoose={setChosen}
        onRestore={async (version) => {
          await restoreContent(kind, name, version);
          await editor.discard();
          onClose();
        }}
      >
        {document.data !== undefined && <Look document={document.data} now={editor.document} />}
      </VersionsFrame>
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
