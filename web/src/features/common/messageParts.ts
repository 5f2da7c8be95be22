export const MESSAGE_VIEWS = ['html', 'text', 'headers', 'source'] as const;
export const MESSAGE_WIDTHS = ['desktop', 'phone'] as const;
export type MessagePart = (typeof MESSAGE_VIEWS)[number];
export type MessageWidth = (typeof MESSAGE_WIDTHS)[number];
