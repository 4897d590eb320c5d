import { computed, onMounted, onUnmounted, ref } from 'vue';

/** Whole seconds until an instant, counted in the browser only; undefined on the server and before mounting. */
export function useCountdown(until: () => string | undefined) {
  const now = ref<number>();
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    now.value = Date.now();
    timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
  });
  onUnmounted(() => {
    clearInterval(timer);
  });
  const seconds = computed(() => {
    const end = until();
    return end === undefined || now.value === undefined
      ? undefined
      : Math.max(0, Math.ceil((Date.parse(end) - now.value) / 1000));
  });
  return { seconds, isOver: computed(() => seconds.value === 0) };
}
