import streamlit as st

st.write("hello")
st.button("Go")
