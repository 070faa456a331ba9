// Not a module: browsers load no modules, and no model, for a page that was opened as a file.
if (location.protocol === "file:") {
  document.body.textContent =
    "Trang này cần một máy chủ web: mở cửa sổ lệnh trong thư mục này, gõ “python3 -m http.server”, rồi vào http://localhost:8000.";
}
