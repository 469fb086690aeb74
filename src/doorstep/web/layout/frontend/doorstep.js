import { initAll } from "nhsuk-frontend";

document.body.classList.add("js-enabled");
initAll();

// Two minutes before a session ends, say so and let the person stay; without JavaScript the log-in page says it ended.
const session = document.getElementById("session");
if (session) {
  const warn = document.createElement("div");
  warn.setAttribute("role", "alert");
  warn.className = "app-session";
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const show = () => {
    warn.innerHTML = "";
    const text = document.createElement("p");
    text.textContent = "You will be logged out in 2 minutes because nothing was done.";
    const stay = document.createElement("button");
    stay.className = "nhsuk-button nhsuk-button--small";
    stay.textContent = "Stay logged in";
    stay.addEventListener("click", async () => {
      const answer = await fetch(session.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token } });
      if (answer.status !== 204) {
        // The session has ended all the same, and what answers is the log-in page: what was typed here would be lost.
        text.textContent = "You have been logged out. Copy what you have written here before you log in again.";
        stay.remove();
        return;
      }
      warn.remove();
      start();
    });
    warn.append(text, stay);
    document.body.prepend(warn);
  };
  const start = () => setTimeout(show, (Number(session.dataset.idle) - 120) * 1000);
  start();
}
