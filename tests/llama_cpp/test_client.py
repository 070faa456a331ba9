"""Requests to llama.cpp, against a server of the test's own that speaks HTTP."""

import socket
import threading

from mathpal_lightning.llama_cpp import LlamaCpp

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: keep-alive\r\n\r\n" + b'{"tokens":[7]}'


def test_a_connection_that_the_server_closes_after_its_answer_is_no_error():
    """llama.cpp ends a kept connection after a while. A request that is sent on it at that moment is lost."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_each_connection_once() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                with connection:
                    read_request(connection)
                    connection.sendall(ANSWER)
                    read_request(connection)  # one more on the same connection, if it comes, and no answer

        answering = threading.Thread(target=answer_each_connection_once, daemon=True)
        answering.start()
        llama = LlamaCpp(f"http://127.0.0.1:{server.getsockname()[1]}", "key")
        assert [llama.tokenize(text) for text in ("1", "2", "3")] == [[7], [7], [7]]
        answering.join(10)
        assert not answering.is_alive()


def read_request(connection: socket.socket) -> None:
    """Read a request with a short JSON body; nothing if the client has closed the connection."""
    request = b""
    while piece := connection.recv(65_536):
        request += piece
        head, blank, body = request.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        if blank and len(body) >= length:
            return
