// The report as a file: opens the data that it carries.

const place = document.getElementById("page");
const tell = (words) => place.replaceChildren(el("p", { class: "notice" }, words));
if (typeof DecompressionStream === "undefined") {
  tell("This report needs a browser of 2023 or later. The tables beside it (options.csv, selection.csv, …) hold the same.");
} else {
  openReport(document.getElementById("data")).then(
    (report) => new Shell(place, report),
    (cause) => tell(`The data of this report cannot be read (${cause.message}): it was cut or changed on its way. Make it again or copy it again.`),
  );
}
