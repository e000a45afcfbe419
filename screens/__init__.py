"""What people see, touch and hear (Kivy)."""
