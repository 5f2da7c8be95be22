import { UnstyledButton } from '@mantine/core';
import {
  IconColumns1,
  IconColumns2,
  IconColumns3,
  IconHandClick,
  IconMailOff,
  IconPhoto,
  IconSeparatorHorizontal,
  IconSpacingVertical,
  IconTypography,
  type Icon,
} from '@tabler/icons-react';
import { blockContent, type Block } from '@/mail/designer/properties';
import type { DesignerEditor } from '@/mail/designer/setup';
import { t } from '@/i18n';
import classes from '@/mail/designer/designer.module.css';

const ICONS: Record<Block, Icon> = {
  text: IconTypography,
  button: IconHandClick,
  image: IconPhoto,
  divider: IconSeparatorHorizontal,
  spacer: IconSpacingVertical,
  one: IconColumns1,
  two: IconColumns2,
  three: IconColumns3,
  unsubscribe: IconMailOff,
};

interface Props {
  blocks: Block[];
  editor: DesignerEditor | undefined;
  onAdd: (block: Block) => void;
}

/** The block as the designer knows it. */
function modelOf(editor: DesignerEditor, block: Block) {
  const content = blockContent(block, {
    text: t('designer.newText'),
    button: t('designer.newButton'),
    image: t('designer.newImage'),
    unsubscribe: t('design.unsubscribe'),
  });
  return editor.Blocks.get(block) ?? editor.Blocks.add(block, { label: block, content });
}

/** What can be put into a message: by a click behind what is selected, or by dragging. */
export function BlockList({ blocks, editor, onAdd }: Props) {
  return (
    <section aria-label={t('designer.blocks')}>
      <h2 className={classes.sideTitle}>{t('designer.blocks')}</h2>
      <div className={classes.blocks}>
        {blocks.map((block) => {
          const BlockIcon = ICONS[block];
          return (
            <UnstyledButton
              key={block}
              className={classes.block}
              draggable
              onClick={() => onAdd(block)}
              onDragStart={({ nativeEvent }) => {
                if (editor !== undefined)
                  editor.Blocks.startDrag(modelOf(editor, block), nativeEvent);
              }}
              onDragEnd={() => editor?.Blocks.endDrag(false)}
            >
              <BlockIcon size={19} stroke={1.6} aria-hidden />
              {t(`designer.block.${block}`)}
            </UnstyledButton>
          );
        })}
      </div>
    </section>
  );
}
