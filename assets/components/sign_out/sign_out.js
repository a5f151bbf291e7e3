// Drops a sign-in cookie that leads nowhere any more; the page stays.
export default function () {
  fetch("/session/out", { method: "POST", redirect: "manual" }).catch(() => {});
}
