import type { AriaLabelConfig } from '@xyflow/react';
import { t } from '@/i18n';

/** What the library of the canvas says of itself, in the reader's words. */
export const FLOW_WORDS: Partial<AriaLabelConfig> = {
  'node.a11yDescription.default': t('canvas.nodeHelp'),
  'node.a11yDescription.keyboardDisabled': t('canvas.nodeMoveHelp'),
  'node.a11yDescription.ariaLiveMessage': ({ x, y }) => t('canvas.nodeMoved', { x, y }),
  'edge.a11yDescription.default': t('canvas.edgeHelp'),
  'controls.ariaLabel': t('toolbar.view'),
  'controls.zoomIn.ariaLabel': t('toolbar.zoomIn'),
  'controls.zoomOut.ariaLabel': t('toolbar.zoomOut'),
  'controls.fitView.ariaLabel': t('toolbar.fit'),
  'minimap.ariaLabel': t('canvas.map'),
};
