/** The ways to look at a message. */
export const MAIL_VIEWS = ['design', 'code', 'both', 'preview'] as const;
export type MailView = (typeof MAIL_VIEWS)[number];
