"""`python -m luxe`."""

from luxe.main import app

app(prog_name="luxe")
