import { computed, onScopeDispose, ref } from 'vue';

/** Seconds until an end, counted by this browser's own clock, which may differ from the server's. */
export function useCountdown() {
  const end = ref(0);
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(timer);
    end.value = 0;
  }
  function start(milliseconds: number): void {
    stop();
    now.value = Date.now();
    end.value = now.value + milliseconds;
    timer = setInterval(() => (now.value = Date.now()), 250);
  }
  onScopeDispose(stop);
  return { left: computed(() => Math.max(0, Math.ceil((end.value - now.value) / 1000))), start, stop };
}
