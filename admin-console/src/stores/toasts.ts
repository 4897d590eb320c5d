import { defineStore } from 'pinia';
import { ref } from 'vue';

export type Toast = { id: number; kind: 'success' | 'error'; text: string };
const SHOWN_MS = 6000;

/** Short messages about what was done; read out by a live region, gone after a while or when closed. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  let last = 0;

  function close(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  function show(kind: Toast['kind'], text: string): void {
    last += 1;
    const id = last;
    toasts.value = [...toasts.value.slice(-2), { id, kind, text }];
    setTimeout(() => close(id), SHOWN_MS);
  }

  return {
    toasts,
    close,
    success: (text: string) => show('success', text),
    error: (text: string) => show('error', text),
  };
});
