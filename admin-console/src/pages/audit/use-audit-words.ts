import { useI18n } from 'vue-i18n';
import type { AuditEntry } from '../../api/audit.ts';

/** What the log keeps as codes, in the reader's words; what has none is shown as it is. */
export function useAuditWords() {
  const { t, te } = useI18n();
  const orSelf = (key: string, self: string): string => (te(key) ? t(key) : self);
  const subjectOf = (type: string) => orSelf(`audit.subjects.${type}`, type);
  return {
    subjectOf,
    whatOf: ({ action, verb, subject }: AuditEntry): string => {
      const named = action.replaceAll(/[.:/ ]+/g, '_');
      if (te(`audit.actions.${named}`)) return t(`audit.actions.${named}`);
      if (verb === null) return action.replaceAll(/^\w+\./g, '').replaceAll(/[._]/g, ' ');
      return te(`audit.verbs.${verb}`) ? t(`audit.verbs.${verb}`, { subject: subjectOf(subject.type) }) : action;
    },
    whoOf: ({ actor }: AuditEntry): string => {
      if (actor.kind === 'anonymous') return t('audit.nobody');
      const role = actor.role === null ? undefined : orSelf(`role.${actor.role}`, actor.role);
      return actor.name || (role ?? actor.kind);
    },
    roleOf: ({ actor }: AuditEntry): string | null =>
      actor.role === null ? null : orSelf(`audit.roles.${actor.role}`, orSelf(`role.${actor.role}`, actor.role)),
    valueOf: (value: string | number | boolean | null): string => (value === null ? t('audit.empty') : String(value)),
  };
}
