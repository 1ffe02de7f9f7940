// Big-font mode: a class on the page, remembered in a cookie so that the server draws the next page big at once.
const button = document.getElementById("font");

button?.addEventListener("click", () => {
  const big = document.documentElement.classList.toggle("big");
  button.setAttribute("aria-pressed", String(big));
  document.cookie = `font=${big ? "big" : ""}; path=/; max-age=31536000; samesite=lax`;
});
