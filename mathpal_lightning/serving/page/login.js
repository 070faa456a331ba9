// A link that carries the key, such as http://192.168.1.5:8080/#khoa=KEY, opens the page without typing. What stands behind the
// # is not sent with the request for the page.
const key = new URLSearchParams(location.hash.slice(1)).get("khoa");
if (key) {
  document.getElementById("key").value = key;
  document.getElementById("login").submit();
}
